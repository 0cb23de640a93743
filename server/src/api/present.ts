import type { Change } from '../change-log/change.ts';
import { idOf } from '../change-log/change.ts';
import type { ChangeLog, Outcome } from '../change-log/change-log.ts';
import { type Document, type Kind, type Live, type Place, subjectOf } from '../documents/document.ts';
import type { StoredInvitation } from '../documents/invitation.ts';
import type { StoredKey } from '../documents/key.ts';
import { etagOf } from '../http/if-match.ts';
import { type Credential, keyProblem } from '../keys/authenticate.ts';
import { can } from '../keys/can.ts';
import { browserToken } from '../keys/token.ts';
import type { Documents } from '../state/documents.ts';
import { rulesetIds, touches } from '../state/moment.ts';
import type { ChangeEntry } from '../store/store.ts';
import type { Answer } from './admin-route.ts';

/** A document as it is answered: its body, where it belongs, version and revision. Keys without their hash. */
export function presentDocument(document: Document | Live<Kind>): Record<string, unknown> {
  const { kind, body, project, environment, version, revision } = document as Document;
  const stamp = { version, revision };
  if (body === null) return { ...stamp, deleted: true };
  switch (kind) {
    case 'project':
      return { ...body, ...stamp };
    case 'targeting':
      return { ...body, project, flag: subjectOf(document), environment, ...stamp };
    case 'person':
      return { ...body, ...stamp };
    case 'key':
    case 'invitation':
      return { ...withoutSecret(body as StoredKey | StoredInvitation), ...stamp };
    default:
      return { ...body, project, ...stamp };
  }
}

/** A key or link as it may be seen: whether it works, and, if it is public anyway, its token. */
function withoutSecret({ secretHash: _secret, ...body }: StoredKey | StoredInvitation) {
  return 'kind' in body && body.kind === 'browser' ? { ...body, token: browserToken(body.selector as string) } : body;
}

/** Whether a key works now. */
export function keyStatus(state: Documents, key: StoredKey, now: number): 'live' | 'revoked' | 'expired' | 'ownerless' {
  const problem = keyProblem(state, key, now);
  return problem === null ? 'live' : KEY_STATUS[problem];
}

const KEY_STATUS = { KEY_REVOKED: 'revoked', KEY_EXPIRED: 'expired', KEY_OWNER_GONE: 'ownerless' } as const;

/** A document that was asked for, with its version as ETag. */
export function answerDocument(document: Live<Kind>, more: Readonly<Record<string, unknown>> = {}): Answer {
  return { json: { ...presentDocument(document), ...more }, headers: { ETag: etagOf(document.version) } };
}

/** What a write has made: the document, the change's revision and ids, and warnings. */
export async function answerWrite(
  log: ChangeLog,
  outcome: Extract<Outcome, { ok: true }>,
  more: Readonly<Record<string, unknown>> = {},
): Promise<Answer> {
  const { change, document, warnings } = outcome;
  const last = change ?? (document && (await log.change(document.revision)));
  const json = {
    document: document && presentDocument(document),
    ...(last && { revision: last.revision, ...idsOf(log, last) }),
    changed: change !== null,
    warnings,
    ...more,
  };
  return { json, ...(document && { headers: { ETag: etagOf(document.version) } }) };
}

/** By which ids SDKs know a change: each environment's rulesets have their own, and that of its one environment is its id. */
function idsOf({ state }: ChangeLog, change: Change) {
  const { project, environment, writes } = change;
  if (project === null) return { id: idOf(change) };
  const touched = [...state.environments(project)]
    .map(({ body }) => body.key)
    .filter((key) => writes.some((write) => touches(write, project, key)));
  const rulesets = touched.map((key) => {
    const { server: id, browser: browserId } = rulesetIds(change, project, key);
    return { environment: key, id, browserId };
  });
  const own = environment === null ? undefined : rulesets.find((each) => each.environment === environment);
  return { id: own?.id ?? idOf(change), rulesets };
}

/** Writes shown of a change in a list. A new environment writes as many as there are flags. */
const WRITES_SHOWN = 20;

/**
 * A change as somebody may see it: without the bodies that it wrote, which are read one change at a time, and without
 * what it wrote where they may not look, which is not counted either.
 */
export function presentChange(change: ChangeEntry, reader: Reader): Record<string, unknown> {
  const { revision, at, actor, command, project, environment, subject, reason, hash } = change;
  const writes = change.writes.filter((write) => mayRead(reader, write));
  return {
    ...{ revision, id: idOf(change), at, actor, command, project, environment, subject, reason, hash },
    writeCount: writes.length,
    writes: writes
      .slice(0, WRITES_SHOWN)
      .map(({ kind, id, version, isDeleted }) => ({ kind, id, version, deleted: isDeleted })),
  };
}

/** A change as a list has it. */
export function entryOf({ writes, prevHash: _, seal: __, ...change }: Change): ChangeEntry {
  return {
    ...change,
    writes: writes.map(({ kind, id, project, environment, version, body }) => {
      return { kind, id, project, environment, version, isDeleted: body === null };
    }),
  };
}

/** Somebody who reads. */
export type Reader = Pick<Credential, 'id' | 'grants'>;

/** Whether somebody may read what stands at a place; what is said of themselves they may always. */
export function mayRead(reader: Reader, { kind, id, project, environment }: Place): boolean {
  return can(reader, 'read', project, environment) || (kind === 'person' && id === reader.id);
}

/** A body in a change, before or after it. */
export function presentBody(kind: Kind, body: Document['body']): unknown {
  const hasSecret = (kind === 'key' || kind === 'invitation') && body !== null;
  return hasSecret ? withoutSecret(body as StoredKey | StoredInvitation) : body;
}
