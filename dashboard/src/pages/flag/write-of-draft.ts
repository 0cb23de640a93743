import { PARTS } from '@dimmer/core';
import { migrationStageAt } from '@dimmer/core/flag-types';
import { percentOf } from '@dimmer/core/percent';
import { reweigh } from '@dimmer/core/reweigh';
import type { Flag } from '../../api/flags.ts';
import { type Serve, type Targeting, targetingPath } from '../../api/targeting.ts';
import { bodyOf, type TargetingBody } from '../../api/targeting-body.ts';
import { sumOf, type Weights, weightsOf } from '../../api/weights.ts';
import type { Write } from '../../api/write.ts';
import { isSame } from '../../history/field-difference.ts';
import { stageOf } from './migration-stage.ts';

// Why: decision 0110.
/**
 * The write that turns a targeting into what has been edited: the narrowest command that says it, so that the history
 * reads `rolled out`, and those who may only operate can do it; else the whole is replaced.
 *
 * @returns null if nothing differs
 */
export function writeOfDraft(
  flag: Pick<Flag, 'type' | 'variations'>,
  base: Targeting,
  body: TargetingBody,
): Write | null {
  const url = targetingPath(base.project, base.flag, base.environment);
  const was = bodyOf(base);
  if (isSame(was, body)) return null;
  const { version } = base;
  const isOnly = (...fields: readonly (keyof TargetingBody)[]): boolean =>
    (Object.keys(was) as (keyof TargetingBody)[]).every(
      (field) => fields.includes(field) || isSame(was[field], body[field]),
    );
  // A bare toggle of a new flag means everybody. The page has shown that nobody gets it: a rollout says so.
  const isBare = !(base.fresh && body.on);
  if (isOnly('on') && isBare) return { url: `${url}/toggle`, body: { on: body.on }, version };
  if (isOnly('on', 'fallthrough')) {
    const rollout = rolloutOf(flag, was.fallthrough, body.fallthrough, body.off);
    if (rollout) return { url: `${url}/rollout`, body: { ...rollout, on: body.on }, version };
  }
  if (isOnly('rules')) {
    const rollout = ruleRolloutOf(was, body);
    if (rollout) return { url: `${url}/rollout`, body: rollout, version };
  }
  return { url, method: 'PUT', body, version };
}

/** What to send to `/rollout` so that the server comes to the same slices; null if it would not. */
function rolloutOf(
  { type, variations }: Pick<Flag, 'type' | 'variations'>,
  was: Serve,
  is: Serve,
  off: string,
): Record<string, unknown> | null {
  const weights = weightsOf(is);
  if (sumOf(weights) !== PARTS) return null;
  const percent = (key: string): number => percentOf(weights.get(key) ?? 0);
  const on = variations.find(({ value }) => value === true)?.key;
  const others = (...keys: readonly (string | undefined)[]): boolean =>
    [...weights].some(([key, parts]) => parts > 0 && key !== off && !keys.includes(key));
  const candidates: { readonly input: Record<string, unknown>; readonly order: Weights }[] = [];
  if (type === 'boolean' && on !== undefined && on !== off && !others(on)) {
    candidates.push({ input: { percent: percent(on) }, order: orderedBy(weights, [on]) });
  }
  if (type === 'launch' && off === 'off' && !others('live', 'dark')) {
    candidates.push({
      input: { dark: percent('dark'), live: percent('live') },
      order: orderedBy(weights, ['live', 'dark']),
    });
  }
  const staged = type === 'migration' ? stageOf(weights) : null;
  if (staged && migrationStageAt(staged.stage) >= 0) {
    candidates.push({
      input: { stage: staged.stage, percent: staged.percent },
      order: orderedBy(weights, [staged.stage]),
    });
  }
  const shares = [...weights].map(([variation]) => ({ variation, percent: percent(variation) }));
  candidates.push({ input: { shares }, order: weights });
  const bucketing = 'slices' in is ? bucketingInput(was, is) : {};
  return bucketing === null ? null : agreeing(candidates, was, is, off, bucketing);
}

function ruleRolloutOf(was: TargetingBody, body: TargetingBody): Record<string, unknown> | null {
  const changed = body.rules.filter((rule, index) => !isSame(rule, was.rules[index]));
  const [rule] = changed;
  const before = was.rules.find(({ id }) => id === rule?.id);
  if (!rule || !before || changed.length !== 1 || was.rules.length !== body.rules.length) return null;
  if (!isSame({ ...before, serve: null }, { ...rule, serve: null })) return null;
  const weights = weightsOf(rule.serve);
  const shares = [...weights].map(([variation, parts]) => ({ variation, percent: percentOf(parts) }));
  const bucketing = 'slices' in rule.serve ? bucketingInput(before.serve, rule.serve) : {};
  if (bucketing === null) return null;
  const rollout = agreeing([{ input: { shares }, order: weights }], before.serve, rule.serve, body.off, bucketing);
  return rollout && { rule: rule.id, ...rollout };
}

function agreeing(
  candidates: readonly { readonly input: Record<string, unknown>; readonly order: Weights }[],
  was: Serve,
  is: Serve,
  off: string,
  bucketing: Record<string, string>,
): Record<string, unknown> | null {
  const remembered = { ...('slices' in was && { by: was.by, seed: was.seed }), ...bucketing };
  const found = candidates.find(({ order }) => isSame(reweigh(was, order, off, remembered), is));
  return found ? { ...found.input, ...bucketing } : null;
}

/** `by` and `seed` where they are new; null where they go, which a rollout cannot say. */
function bucketingInput(was: Serve, is: Extract<Serve, { slices: unknown }>): Record<string, string> | null {
  const before = 'slices' in was ? was : {};
  const input: Record<string, string> = {};
  for (const name of ['by', 'seed'] as const) {
    const [one, other] = [(before as { by?: string; seed?: string })[name], is[name]];
    if (one === other) continue;
    if (other === undefined) return null;
    input[name] = other;
  }
  return input;
}

function orderedBy(weights: Weights, first: readonly string[]): Weights {
  const rest = [...weights].filter(([key]) => !first.includes(key));
  return new Map([...first.map((key) => [key, weights.get(key) ?? 0] as const), ...rest]);
}
