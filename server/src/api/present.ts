import type {
  Change as ChangeAnswer,
  ChangeRequest,
  DeletedDocument,
  Environment,
  Flag,
  Invitation,
  Key,
  Person,
  Project,
  Segment,
  Targeting,
} from '@dimmer/contract';
import { type Credential, keyProblem } from '../access/authenticate.ts';
import { can } from '../access/can.ts';
import { browserToken } from '../access/token.ts';
import type { ChangeLog, Outcome } from '../change-log/change-log.ts';
import type { ChangeEntry } from '../change-log/store.ts';
import type { Change } from '../changes/change.ts';
import { idOf } from '../changes/change.ts';
import { type Document, type Kind, type Live, type Place, subjectOf } from '../documents/document.ts';
import type { StoredInvitation } from '../documents/invitation.ts';
import type { StoredKey } from '../documents/key.ts';
import { etagOf } from '../http/if-match.ts';
import type { Documents } from '../state/documents.ts';
import { rulesetIds, touches } from '../state/moment.ts';

/** What a document of each kind is answered as: its body, where it belongs, version and revision. */
interface Presented {
  readonly project: Project;
  readonly environment: Environment;
  readonly flag: Flag;
  readonly targeting: Targeting;
  readonly segment: Segment;
  readonly key: Key;
  readonly person: Person;
  readonly invitation: Invitation;
  readonly 'change-request': ChangeRequest;
}

/** Each says of what type its answer is, so that a field that the contract does not know is an error here. */
const PRESENT: { readonly [K in Kind]: (document: Live<K>) => Presented[K] } = {
  project: (document): Project => ({ ...document.body, ...stampOf(document) }),
  environment: (document): Environment => ({ ...document.body, project: owner(document), ...stampOf(document) }),
  flag: (document): Flag => ({ ...document.body, project: owner(document), ...stampOf(document) }),
  targeting: (document): Targeting => ({
    ...document.body,
    project: owner(document),
    flag: subjectOf(document),
    environment: document.environment as string,
    ...stampOf(document),
  }),
  segment: (document): Segment => ({ ...document.body, project: owner(document), ...stampOf(document) }),
  key: (document): Key => ({ ...keyWithoutSecret(document.body), ...stampOf(document) }),
  person: (document): Person => ({ ...document.body, ...stampOf(document) }),
  invitation: (document): Invitation => ({ ...withoutSecret(document.body), ...stampOf(document) }),
  'change-request': (document): ChangeRequest => ({ ...document.body, ...stampOf(document) }),
};

/** A document as it is answered. Keys and links without their hashes. */
export function presentDocument<K extends Kind>(document: Live<K>): Presented[K] {
  return PRESENT[document.kind](document);
}

function stampOf({ version, revision }: Pick<Document, 'version' | 'revision'>) {
  return { version, revision };
}

/** Documents of these kinds belong to a project. */
function owner({ project }: Pick<Document, 'project'>): string {
  return project as string;
}

/** A key as it may be seen: with its token, if that is public anyway. */
function keyWithoutSecret(body: StoredKey) {
  const shown = withoutSecret(body);
  return body.kind === 'browser' ? { ...shown, token: browserToken(body.selector) } : shown;
}

function withoutSecret<Body extends { readonly secretHash: unknown }>({ secretHash: _secret, ...body }: Body) {
  return body;
}

/** Whether a key works now. */
export function keyStatus(state: Documents, key: StoredKey, now: number): 'live' | 'revoked' | 'expired' | 'ownerless' {
  const problem = keyProblem(state, key, now);
  return problem === null ? 'live' : KEY_STATUS[problem];
}

const KEY_STATUS = { KEY_REVOKED: 'revoked', KEY_EXPIRED: 'expired', KEY_OWNER_GONE: 'ownerless' } as const;

/** A document that was asked for, with its version as ETag. */
export function answerDocument<K extends Kind, More extends object = Record<never, never>>(
  document: Live<K>,
  more: More = {} as More,
): { readonly json: Presented[K] & More; readonly headers: { readonly ETag: string } } {
  return { json: { ...presentDocument(document), ...more }, headers: { ETag: etagOf(document.version) } };
}

type Done = Extract<Outcome, { ok: true }>;

/** What a write has made: the document, the change's revision and ids, and warnings. */
export async function answerWrite<K extends Kind, More extends object = Record<never, never>>(
  log: ChangeLog,
  done: Done,
  kind: K,
  more: More = {} as More,
) {
  const { document } = done;
  if (document && document.kind !== kind) throw new Error(`The write is about a ${document.kind}, not a ${kind}.`);
  // What is not there (a creation that is only looked at) is not shown.
  const live = document && document.body !== null ? (document as Live<Kind> as Live<K>) : undefined;
  return answerDone(log, done, live && presentDocument(live), more);
}

/** The same of a revert, which may be about any document of a project, and by which it may be gone. */
export async function answerRevert(log: ChangeLog, done: Done) {
  return answerDone(log, done, done.document && presentReverted(done.document), {});
}

function presentReverted(document: Document): Flag | Targeting | Segment | DeletedDocument {
  if (document.body === null) return { ...stampOf(document), deleted: true };
  switch (document.kind) {
    case 'flag':
    case 'targeting':
    case 'segment':
      return presentDocument(document as Live<'flag' | 'targeting' | 'segment'>);
    default:
      throw new Error(`A ${document.kind} is not reverted.`);
  }
}

async function answerDone<Shown, More extends object>(
  log: ChangeLog,
  done: Done,
  shown: Shown | undefined,
  more: More,
) {
  const { change, document, warnings } = done;
  const last = change ?? (document && (await log.change(document.revision)));
  if (!last) throw new Error('What changes nothing is about a document that is there.');
  const json = {
    document: shown,
    revision: last.revision,
    ...idsOf(log, last),
    changed: change !== null,
    warnings,
    ...more,
  };
  return { json, headers: document ? { ETag: etagOf(document.version) } : {} };
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
export function presentChange(change: ChangeEntry, reader: Reader): ChangeAnswer {
  const { revision, at, actor, command, project, environment, subject, reason, hash } = change;
  const writes = change.writes.filter((write) => mayRead(reader, write));
  return {
    revision,
    id: idOf(change),
    at,
    actor,
    command,
    project,
    environment,
    subject,
    reason,
    hash,
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
  if (body === null) return null;
  if (kind === 'key') return keyWithoutSecret(body as StoredKey);
  return kind === 'invitation' ? withoutSecret(body as StoredInvitation) : body;
}
