import type { Commit } from '../change-log/store.ts';
import type { Actor, Change, Write } from '../changes/change.ts';
import type { Document, Place } from '../documents/document.ts';

/** A row of `changes`, as every database gives it. */
export interface ChangeRow {
  readonly revision: number;
  readonly atMs: number;
  readonly actor: string;
  readonly command: string;
  readonly project: string | null;
  readonly environment: string | null;
  readonly subject: string;
  readonly reason: string | null;
  readonly prevHash: string;
  readonly hash: string;
  readonly seal: string | null;
}

/** A row of `documents`; one of `writes` has the same columns and a position. */
export interface DocumentRow {
  readonly kind: string;
  readonly id: string;
  readonly project: string | null;
  readonly environment: string | null;
  readonly version: number;
  readonly revision: number;
  readonly body: string | null;
}

export function toDocument(row: DocumentRow): Document {
  const { kind, id, project, environment, version, revision } = row;
  return { kind, id, project, environment, version, revision, body: parse(row.body) } as Document;
}

/** A document that was not there yet. */
export function notYet({ kind, id, project, environment }: Place): Document {
  return { kind, id, project, environment, version: 0, revision: 0, body: null } as Document;
}

/**
 * Changes with their writes.
 *
 * @param writes of all these changes, by position
 */
export function toChanges(rows: readonly ChangeRow[], writes: readonly DocumentRow[]): Change[] {
  const byRevision = new Map<number, DocumentRow[]>(rows.map((row) => [row.revision, []]));
  for (const write of writes) byRevision.get(write.revision)?.push(write);
  return rows.map((row) => toChange(row, byRevision.get(row.revision) ?? []));
}

function toChange(row: ChangeRow, writes: readonly DocumentRow[]): Change {
  const { revision, atMs, actor, command, project, environment, subject, reason, prevHash, hash, seal } = row;
  return {
    revision,
    at: atMs,
    actor: parse(actor) as Actor,
    command,
    project,
    environment,
    subject,
    reason,
    writes: writes.map(({ kind, id, project, environment, version, body }) => {
      return { kind, id, project, environment, version, body: parse(body) } as Write;
    }),
    prevHash,
    hash,
    ...(seal !== null && { seal }),
  };
}

/** Who made changes, without what they wrote. */
export function toCommits(rows: readonly Pick<ChangeRow, 'revision' | 'atMs' | 'actor'>[]): Commit[] {
  return rows.map(({ revision, atMs, actor }) => ({ revision, at: atMs, actor: parse(actor) as Actor }));
}

function parse(text: string | null): unknown {
  return text === null ? null : JSON.parse(text);
}
