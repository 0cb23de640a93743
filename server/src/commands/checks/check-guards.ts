import type { EnvironmentBody, FlagBody, SegmentBody } from '@dimmer/contract';
import { canonicalJson } from '../../documents/canonical-json.ts';
import { type Draft, subjectOf } from '../../documents/document.ts';
import type { Documents } from '../../state/documents.ts';
import { wantsApproval } from '../approvers.ts';

// Why: decision 0017.
/** Where a change would be felt. */
interface Felt {
  readonly project: string;
  readonly environment: string;
}

/**
 * The protected environment that a change would be felt in, or `null`: then it needs no reason. Felt is what alters
 * what the environment serves, its protection, or its keys. A new flag begins off, and a flag's name, tags, owner and
 * description are no business of an SDK.
 */
export function protectedEnvironment(state: Documents, drafts: readonly Draft[]): Felt | null {
  return firstFelt(state, drafts, (environment) => environment.protected);
}

/**
 * The environment that a change would be felt in and that wants a second person's approval, or `null`. Keys are left
 * out: a proposal cannot hand out a secret, and a leaked key must be revoked at once.
 */
export function approvingEnvironment(state: Documents, drafts: readonly Draft[]): Felt | null {
  const others = drafts.filter(({ kind }) => kind !== 'key');
  return firstFelt(state, others, wantsApproval);
}

function firstFelt(
  state: Documents,
  drafts: readonly Draft[],
  isGuarded: (environment: EnvironmentBody) => boolean,
): Felt | null {
  for (const draft of drafts) {
    if (draft.project === null) continue;
    for (const environment of feltIn(state, draft.project, draft)) {
      if (isGuarded(environment)) return { project: draft.project, environment: environment.key };
    }
  }
  return null;
}

/** The environments that notice a draft. */
function* feltIn(state: Documents, project: string, draft: Draft): Iterable<EnvironmentBody> {
  switch (draft.kind) {
    case 'environment':
    case 'targeting':
    case 'key': {
      const environment = draft.environment === null ? undefined : state.environment(project, draft.environment)?.body;
      // A deleted flag that is brought back may be on.
      const isNewFlag = draft.kind === 'targeting' && !state.flag(project, subjectOf(draft)) && !draft.body?.on;
      // Everybody who asks for its key is served its off variation: that needs as much agreement as anything else.
      const isUnnoticed = isNewFlag && (draft.body?.absent === true || !(environment && wantsApproval(environment)));
      if (environment && !isUnnoticed) yield environment;
      return;
    }
    case 'flag': {
      const was = state.flag(project, subjectOf(draft))?.body;
      if (!was || !servesOther(was, draft.body)) return;
      for (const { body } of state.environments(project)) {
        if (!state.targeting(project, subjectOf(draft), body.key)?.body.absent) yield body;
      }
      return;
    }
    case 'segment': {
      const was = state.segment(project, subjectOf(draft))?.body;
      if (was && reachesOthers(was, draft.body)) for (const { body } of state.environments(project)) yield body;
      return;
    }
  }
}

const SERVED = ['variations', 'browser', 'archived', 'seed'] as const satisfies readonly (keyof FlagBody)[];
const REACHING = ['included', 'excluded', 'rules', 'archived'] as const satisfies readonly (keyof SegmentBody)[];

function servesOther(was: FlagBody, body: FlagBody | null): boolean {
  return body === null || SERVED.some((field) => differ(was[field], body[field]));
}

function reachesOthers(was: SegmentBody, body: SegmentBody | null): boolean {
  return body === null || REACHING.some((field) => differ(was[field], body[field]));
}

function differ(was: unknown, is: unknown): boolean {
  return was !== is && canonicalJson(was) !== canonicalJson(is);
}
