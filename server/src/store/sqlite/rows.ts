import type { Actor, Change, Write } from '../../change-log/change.ts';
import type { Document } from '../../documents/document.ts';
import type { changesTable, documentsTable, writesTable } from './tables.ts';

export type ChangeRow = typeof changesTable.$inferSelect;
export type WriteRow = typeof writesTable.$inferSelect;

export function toDocument(row: typeof documentsTable.$inferSelect): Document {
  const { kind, id, project, environment, version, revision } = row;
  return { kind, id, project, environment, version, revision, body: parse(row.body) } as Document;
}

export function toChange(row: ChangeRow, writes: readonly WriteRow[]): Change {
  const { revision, atMs, actor, command, project, environment, subject, reason, prevHash, hash } = row;
  return {
    ...{ revision, at: atMs, actor: parse(actor) as Actor, command, project, environment, subject, reason },
    writes: writes.map(({ kind, id, project, environment, version, body }) => {
      return { kind, id, project, environment, version, body: parse(body) } as Write;
    }),
    ...{ prevHash, hash },
  };
}

function parse(text: string | null): unknown {
  return text === null ? null : JSON.parse(text);
}
