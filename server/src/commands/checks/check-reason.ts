import { canonicalJson } from '../../change-log/canonical-json.ts';
import { type Draft, subjectOf } from '../../documents/document.ts';
import type { FlagBody } from '../../documents/flag.ts';
import type { SegmentBody } from '../../documents/segment.ts';
import type { Documents } from '../../state/documents.ts';

/**
 * The protected environment that a change would be felt in, or `null`: then it needs no reason. Felt is what alters
 * what the environment serves, its protection, or its keys. A new flag begins off, and a flag's name, tags, owner and
 * description are no business of an SDK.
 */
export function protectedEnvironment(state: Documents, drafts: readonly Draft[]): string | null {
  for (const draft of drafts) {
    if (draft.project === null) continue;
    const guarded = guardedBy(state, draft.project, draft);
    if (guarded !== null) return guarded;
  }
  return null;
}

function guardedBy(state: Documents, project: string, draft: Draft): string | null {
  switch (draft.kind) {
    case 'environment':
    case 'targeting':
    case 'key': {
      if (draft.environment === null || !state.environment(project, draft.environment)?.body.protected) return null;
      const isNewFlag = draft.kind === 'targeting' && !state.flag(project, subjectOf(draft));
      return isNewFlag ? null : draft.environment;
    }
    case 'flag': {
      const was = state.flag(project, subjectOf(draft))?.body;
      return was && servesOther(was, draft.body) ? firstProtected(state, project) : null;
    }
    case 'segment': {
      const was = state.segment(project, subjectOf(draft))?.body;
      return was && reachesOthers(was, draft.body) ? firstProtected(state, project) : null;
    }
    default:
      return null;
  }
}

function firstProtected(state: Documents, project: string): string | null {
  for (const { body } of state.environments(project)) if (body.protected) return body.key;
  return null;
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
