import { type FlagBody, LIMITS, type SegmentBody, type TargetingBody, type Warning } from '@dimmer/contract';
import { bodyBytes } from '../../documents/body-bytes.ts';
import { bodyProblem, type Draft, subjectOf } from '../../documents/document.ts';
import type { Documents } from '../../state/documents.ts';
import { Overlay } from '../../state/overlay.ts';
import { ignoreWarnings } from '../ignored-paths.ts';
import { stageWarnings } from '../migration-stages.ts';
import { type Refused, refuse } from '../refusal.ts';
import { segmentConditionProblems } from './check-conditions.ts';
import { patternsProblem } from './check-patterns.ts';
import { prerequisitesProblem } from './check-prerequisites.ts';
import { targetingProblems } from './check-targeting.ts';
import { listUsers, usersOfFlag, usersOfSegment } from './check-users.ts';
import { variationsProblem } from './check-variations.ts';
import type { Problem } from './problem.ts';

// Why: decision 0011.
/** Collects warnings while the checks run. */
type Warn = (warnings: readonly Warning[]) => void;

/**
 * Checks what some drafts would make of the documents: one place for all commands, reverts included, so that none can
 * leave a flag that cannot be evaluated, or take away what another flag stands on. Only what the drafts touch is looked
 * at; what was there before has been checked when it was written.
 */
export function checkDrafts(state: Documents, drafts: readonly Draft[]): { warnings: Warning[] } | Refused {
  const after = new Overlay(state, drafts);
  const warnings: Warning[] = [];
  for (const draft of drafts) {
    warnings.push(...stageWarnings(draft, state, after), ...ignoreWarnings(draft, state));
    if (isOnlySwitched(draft, state)) continue;
    const refused = checkDraft(draft, state, after, (more) => warnings.push(...more)) ?? shapeProblem(draft);
    if (refused) return refused;
  }
  return { warnings };
}

/**
 * A toggle or a kill. What was right before is right after; it must not wait for its rules to be read again, nor fail
 * because a newer server has written something into them that this one does not know.
 */
export function isOnlySwitched({ kind, project, environment, id, body }: Draft, before: Documents): boolean {
  if (kind !== 'targeting' || body === null || project === null || environment === null) return false;
  const was = before.targeting(project, subjectOf({ kind, id }), environment)?.body;
  return (
    was !== undefined &&
    was.off === body.off &&
    was.prerequisites === body.prerequisites &&
    was.targets === body.targets &&
    was.rules === body.rules &&
    was.fallthrough === body.fallthrough &&
    was.dials === body.dials
  );
}

function checkDraft(draft: Draft, before: Documents, after: Documents, warn: Warn): Refused | null {
  if (draft.project === null) return null;
  switch (draft.kind) {
    case 'flag':
      return checkFlag(draft.project, subjectOf(draft), before, after);
    case 'targeting':
      return draft.body && checkTargeting(draft.project, draft, draft.body, before, after, warn);
    case 'segment':
      return checkSegment(draft.project, subjectOf(draft), draft.body, before, after, warn);
    default:
      return null;
  }
}

/** The commands' own schemas are stricter, so this finds defects of ours and limits that only the sum of edits reaches. */
function shapeProblem(draft: Draft): Refused | null {
  const found = bodyProblem(draft);
  return found === null ? null : refuse('LIMIT_EXCEEDED', `This cannot be stored: ${found}`);
}

function checkFlag(project: string, key: string, before: Documents, after: Documents): Refused | null {
  const flag = after.flag(project, key)?.body;
  const was = before.flag(project, key)?.body;
  if (!flag || flag.archived) return checkNobodyNeeds(project, key, after);
  const revived = !was || was.archived;
  if (!revived && was.variations === flag.variations) return null;
  const wrong = variationsProblem(flag);
  if (wrong) return wrong;
  for (const { body: environment } of after.environments(project)) {
    const targeting = after.targeting(project, key, environment.key)?.body;
    if (!targeting) continue;
    const context = { state: after, project, environment: environment.key, flag, was: revived ? undefined : targeting };
    const errors = targetingProblems(targeting, context).filter((each) => each.severity === 'error');
    const [first] = errors;
    if (first && !revived && first.code === 'VARIATION_UNKNOWN') return refuseVariationInUse(environment.key, errors);
    if (first) return refuseProblems('TARGETING_INVALID', errors, environment.key);
    const refused =
      sizeProblem(flag, targeting) ?? (revived ? prerequisitesProblem(after, project, environment.key, key) : null);
    if (refused) return refused;
  }
  return was ? checkVariationsNotNeeded(project, flag, was, after) : null;
}

function checkNobodyNeeds(project: string, key: string, after: Documents): Refused | null {
  const users = usersOfFlag(after, project, key);
  if (users.length === 0) return null;
  return refuse('FLAG_IN_USE', `"${key}" is a prerequisite of ${listUsers(users)}.`, {
    fix: 'Take it out of those prerequisites first.',
    details: { users },
  });
}

function refuseVariationInUse(environment: string, problems: readonly Problem[]): Refused {
  const paths = problems.map((each) => each.path);
  return refuse(
    'VARIATION_IN_USE',
    `${problems[0]?.message} It is still used in ${environment}: ${paths.join(', ')}.`,
    {
      fix: 'Change the targeting there first.',
      path: 'variations',
      details: { environment, paths },
    },
  );
}

function checkVariationsNotNeeded(project: string, flag: FlagBody, was: FlagBody, after: Documents): Refused | null {
  const kept = new Set(flag.variations.map((variation) => variation.key));
  for (const { key } of was.variations) {
    const users = kept.has(key) ? [] : usersOfFlag(after, project, flag.key, key);
    if (users.length === 0) continue;
    return refuse('VARIATION_IN_USE', `Variation "${key}" is what ${listUsers(users)} needs as a prerequisite.`, {
      fix: 'Change those prerequisites first.',
      path: 'variations',
      details: { users },
    });
  }
  return null;
}

function checkTargeting(
  project: string,
  draft: Draft,
  body: TargetingBody,
  before: Documents,
  after: Documents,
  warn: Warn,
): Refused | null {
  const key = subjectOf(draft);
  const environment = draft.environment ?? '';
  const flag = after.flag(project, key)?.body;
  if (!flag || flag.archived) return null;
  const was = before.targeting(project, key, environment)?.body;
  const problems = targetingProblems(body, { state: after, project, environment, flag, was });
  const errors = problems.filter((each) => each.severity === 'error');
  if (errors.length > 0) return refuseProblems('TARGETING_INVALID', errors);
  warn(problems.map(asWarning));
  return (
    sizeProblem(flag, body) ??
    patternsProblem(body.rules, was?.rules ?? [], after, project, [environment]) ??
    prerequisitesProblem(after, project, environment, key)
  );
}

function sizeProblem(flag: FlagBody, targeting: TargetingBody): Refused | null {
  const bytes = bodyBytes(flag) + bodyBytes(targeting);
  if (bytes <= LIMITS.flagBytes) return null;
  return refuse('LIMIT_EXCEEDED', `"${flag.key}" would be ${bytes} bytes; the limit is ${LIMITS.flagBytes}.`, {
    fix: 'Move long lists of keys into a segment.',
    details: { bytes, limit: LIMITS.flagBytes },
  });
}

function checkSegment(
  project: string,
  key: string,
  body: SegmentBody | null,
  before: Documents,
  after: Documents,
  warn: Warn,
): Refused | null {
  if (body === null || body.archived) {
    const users = usersOfSegment(after, project, key);
    if (users.length === 0) return null;
    return refuse('SEGMENT_IN_USE', `Segment "${key}" is used by ${listUsers(users)}.`, {
      fix: 'Take it out of those rules first.',
      details: { users },
    });
  }
  for (const list of ['included', 'excluded'] as const) {
    if (body[list].length <= LIMITS.segmentKeys) continue;
    const message = `${body[list].length} keys are ${list}; the limit is ${LIMITS.segmentKeys}.`;
    return refuse('LIMIT_EXCEEDED', message, { fix: 'Use a rule on an attribute instead.', path: list });
  }
  const was = before.segment(project, key)?.body;
  const tooLarge = segmentSizeProblem(body, was);
  if (tooLarge) return tooLarge;
  const problems = segmentConditionProblems(body.rules, was?.rules ?? []);
  const errors = problems.filter((each) => each.severity === 'error');
  if (errors.length > 0) return refuseProblems('SEGMENT_INVALID', errors);
  warn(problems.map(asWarning));
  if (body.included.length === 0 && body.rules.length === 0) {
    warn([{ code: 'SEGMENT_EMPTY', message: `Segment "${key}" has nobody in it.` }]);
  }
  const environments = [...after.environments(project)].map((environment) => environment.body.key);
  return patternsProblem(body.rules, was?.rules ?? [], after, project, environments);
}

/** One that was larger already, from before there was this limit, may be changed as long as it does not grow. */
function segmentSizeProblem(body: SegmentBody, was: SegmentBody | undefined): Refused | null {
  const bytes = bodyBytes(body);
  if (bytes <= LIMITS.segmentBytes) return null;
  if (was && bytes <= bodyBytes(was)) return null;
  return refuse('LIMIT_EXCEEDED', `"${body.key}" would be ${bytes} bytes; the limit is ${LIMITS.segmentBytes}.`, {
    fix: 'Use several segments, or a rule on an attribute instead of a list of keys.',
    details: { bytes, limit: LIMITS.segmentBytes },
  });
}

function refuseProblems(
  code: 'TARGETING_INVALID' | 'SEGMENT_INVALID',
  problems: readonly Problem[],
  environment?: string,
): Refused {
  const [first] = problems;
  const where = environment === undefined ? '' : `In ${environment}: `;
  return refuse(code, `${where}${first?.message}`, {
    ...(first?.fix !== undefined && { fix: first.fix }),
    ...(first && { path: first.path }),
    details: { problems: problems.map(({ severity: _same, ...rest }) => rest) },
  });
}

function asWarning({ code, message, path, fix }: Problem): Warning {
  return { code, message: fix === undefined ? message : `${message} ${fix}`, path };
}
