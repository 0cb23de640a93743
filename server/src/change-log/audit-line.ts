import { type Change, idOf } from '../changes/change.ts';

// Why: decision 0156.
/**
 * Log drivers of containers cut a line into pieces at 16 KiB, and half an object is none. A character takes at most three
 * bytes of UTF-8 (a pair that takes four is two of them), or six as an escape, which only control characters need: and
 * those are in no reason.
 */
const MOST_REASON_CHARACTERS = 2_000;
const MOST_NAME_CHARACTERS = 200;
const MOST_DOCUMENTS_CHARACTERS = 1_500;

/**
 * One change as a line of JSON, for collectors outside of the database: who did what to which documents, when
 * and why, without what was written. At most 16 KiB; `left` says how many documents are not named.
 *
 * @param node which server says it: of several each says it, and `id` is the same
 */
export function auditLine(change: Change, node: string): string {
  const { revision, at, actor, command, project, environment, subject, reason, writes } = change;
  const documents: string[] = [];
  let characters = 0;
  for (const { kind, id } of writes) {
    const name = `${kind}/${id}`;
    characters += name.length;
    if (characters > MOST_DOCUMENTS_CHARACTERS) break;
    documents.push(name);
  }
  return JSON.stringify({
    time: new Date(at).toISOString(),
    level: 'info',
    message: 'Change',
    revision,
    id: idOf(change),
    actor: { kind: actor.kind, id: actor.id, name: cut(actor.name, MOST_NAME_CHARACTERS) },
    command,
    project,
    environment,
    subject: cut(subject, MOST_NAME_CHARACTERS),
    reason: reason === null ? null : cut(reason, MOST_REASON_CHARACTERS),
    documents,
    left: writes.length - documents.length,
    node,
  });
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most)}…` : text;
}
