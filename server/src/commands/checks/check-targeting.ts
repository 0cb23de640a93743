import { type FlagBody, LIMITS, type StoredServe, type TargetingBody } from '@dimmer/contract';
import { PARTS } from '@dimmer/core';
import { validateServe } from '@dimmer/core/validate';
import type { Documents } from '../../state/documents.ts';
import { ruleConditionProblems } from './check-conditions.ts';
import { type Problem, problem } from './problem.ts';

/** What a targeting is checked against. */
export interface TargetingContext {
  readonly state: Documents;
  readonly project: string;
  readonly environment: string;
  readonly flag: FlagBody;
  /** The targeting as it was, if there was one and its flag was in use. */
  readonly was?: TargetingBody | undefined;
}

/** Everything that is wrong with a targeting by itself and in what it refers to; cycles are `checkPrerequisites`'. */
export function targetingProblems(targeting: TargetingBody, context: TargetingContext): Problem[] {
  return [
    ...variationProblems('off', targeting.off, context),
    ...serveProblems('fallthrough', targeting.fallthrough, context),
    ...splitProblems(targeting, context),
    ...fallthroughSumProblems(targeting.fallthrough),
    ...targetProblems(targeting, context),
    ...prerequisiteProblems(targeting, context),
    ...ruleProblems(targeting, context),
    ...ruleConditionProblems(targeting.rules, context.was?.rules ?? [], context.state, context.project),
  ];
}

/** What a fallthrough splits by; rules are looked at with their conditions. Nothing is said of what is as it was. */
function splitProblems({ fallthrough }: TargetingBody, { was }: TargetingContext): Problem[] {
  return fallthrough === was?.fallthrough ? [] : validateServe(fallthrough, 'fallthrough');
}

function variationProblems(path: string, variation: string, { flag }: TargetingContext): Problem[] {
  if (flag.variations.some((each) => each.key === variation)) return [];
  const names = flag.variations.map((each) => each.key).join(', ');
  const message = `"${flag.key}" has no variation "${variation}".`;
  return [problem('VARIATION_UNKNOWN', path, message, `It has: ${names}.`)];
}

function serveProblems(path: string, serve: StoredServe, context: TargetingContext): Problem[] {
  if ('variation' in serve) return variationProblems(`${path}.variation`, serve.variation, context);
  const problems = serve.slices.flatMap((slice, index) =>
    variationProblems(`${path}.slices[${index}].variation`, slice.variation, context),
  );
  const sum = sumOf(serve);
  if (sum > PARTS) problems.push(problem('ALLOCATION_TOO_LARGE', `${path}.slices`, sumMessage(sum), 'Take some away.'));
  return problems;
}

/** What a rule does not serve goes on to the next rule. After the fallthrough there is nothing to go on to. */
function fallthroughSumProblems(serve: StoredServe): Problem[] {
  if ('variation' in serve) return [];
  const sum = sumOf(serve);
  if (sum >= PARTS) return [];
  const fix = `Add ${PARTS - sum} parts, so that everybody is served something.`;
  return [problem('ALLOCATION_INCOMPLETE', 'fallthrough.slices', sumMessage(sum), fix)];
}

function sumOf(serve: StoredServe): number {
  return 'slices' in serve ? serve.slices.reduce((sum, slice) => sum + slice.parts, 0) : PARTS;
}

function sumMessage(sum: number): string {
  return `The slices sum to ${sum} parts; 100 % is ${PARTS}.`;
}

function targetProblems({ targets }: TargetingBody, context: TargetingContext): Problem[] {
  const problems: Problem[] = [];
  const seen = new Map<string, string>();
  let total = 0;
  for (const [index, { variation, keys }] of targets.entries()) {
    const path = `targets[${index}]`;
    problems.push(...variationProblems(`${path}.variation`, variation, context));
    total += keys.length;
    for (const key of keys) {
      const other = seen.get(key);
      if (other !== undefined && other !== variation) {
        const message = `"${key}" is targeted twice, with "${other}" and with "${variation}".`;
        problems.push(problem('TARGET_AMBIGUOUS', `${path}.keys`, message, 'Leave it in one place.'));
      }
      seen.set(key, variation);
    }
  }
  if (total > LIMITS.targetKeys) {
    const message = `${total} keys are targeted one by one; the limit is ${LIMITS.targetKeys}.`;
    problems.push(problem('TARGETS_TOO_MANY', 'targets', message, 'Put them into a segment.'));
  }
  return problems;
}

function prerequisiteProblems({ prerequisites }: TargetingBody, context: TargetingContext): Problem[] {
  return prerequisites.flatMap(({ flag, variations }, index) => {
    const path = `prerequisites[${index}]`;
    const needed = context.state.flag(context.project, flag);
    if (!needed || needed.body.archived) {
      const message = needed ? `Flag "${flag}" is archived.` : `There is no flag "${flag}".`;
      return [problem('PREREQUISITE_UNKNOWN', `${path}.flag`, message, 'Name a flag of this project that is in use.')];
    }
    return variations.flatMap((variation, position) =>
      variationProblems(`${path}.variations[${position}]`, variation, { ...context, flag: needed.body }),
    );
  });
}

function ruleProblems({ rules }: TargetingBody, context: TargetingContext): Problem[] {
  const ids = new Set<string>();
  return rules.flatMap((rule, index) => {
    const path = `rules[${index}]`;
    const problems = serveProblems(`${path}.serve`, rule.serve, context);
    if (ids.has(rule.id)) problems.push(problem('RULE_ID_TWICE', `${path}.id`, `Two rules have the id "${rule.id}".`));
    ids.add(rule.id);
    return problems;
  });
}
