import type { FlagBody, Immutable, rolloutInput, StoredRule, StoredServe, TargetingBody } from '@dimmer/contract';
import { PARTS } from '@dimmer/core';
import { MIGRATION_STAGES, migrationStageAt } from '@dimmer/core/flag-types';
import { bucketingOf, reweigh } from '@dimmer/core/reweigh';
import type { z } from 'zod';
import type { Command } from './command.ts';
import { editTargeting } from './edit-targeting.ts';
import type { TargetingName } from './find.ts';
import { variationWith } from './initial-targeting.ts';
import { type Refused, refuse } from './refusal.ts';
import { ownSeed } from './rule-seed.ts';
import { refuseUnknownRule } from './rules.ts';
import { refuseKilled } from './switches.ts';

const PARTS_PER_PERCENT = PARTS / 100;
/** What floating point may add to a percentage that was meant to be a multiple of 0.001. */
const FLOAT_NOISE_PARTS = 1e-6;

type RolloutInput = Immutable<z.infer<typeof rolloutInput>>;
type Weights = ReadonlyMap<string, number>;

/**
 * Says how many people get what: a percentage of one variation, the shares of a launch, a stage of a migration, or the
 * share of every variation. As few people as possible move from one variation to another. Turns the flag on unless told otherwise:
 * "at 10 %" means that ten per cent get it.
 * Refuses: `ROLLOUT_INVALID`, `RULE_NOT_FOUND`, `FLAG_KILLED` if it would turn a killed flag on.
 */
export function rollOut(where: TargetingName, input: RolloutInput): Command {
  return editTargeting('flag.rollout', where, ({ flag, targeting }) => {
    const { body } = targeting;
    const on = input.on ?? (input.rule === undefined ? true : body.on);
    if (on && body.killed) return refuseKilled(where, body.killed);
    const weights = weightsOf(input, flag.body, body);
    if ('refusal' in weights) return weights;
    if (input.rule === undefined) {
      return { ...body, on, fallthrough: allocate(body.fallthrough, weights, body.off, input) };
    }
    const rule = body.rules.find((each) => each.id === input.rule);
    if (!rule) return refuseUnknownRule(body.rules, input.rule);
    const rolledOut = { ...rule, serve: allocateRule(rule, weights, body.off, input, flag.body.seed) };
    return { ...body, on, rules: body.rules.map((each) => (each === rule ? rolledOut : each)) };
  });
}

/** The parts that every variation shall have. They sum to at most 100,000, in the fallthrough to exactly that. */
function weightsOf(input: RolloutInput, flag: FlagBody, targeting: TargetingBody): Weights | Refused {
  const asked = sharesOf(input, flag);
  if ('refusal' in asked) return asked;
  const weights = new Map<string, number>();
  let sum = 0;
  for (const { variation, percent, path } of asked.shares) {
    if (!flag.variations.some((each) => each.key === variation)) return refuseUnknownVariation(flag, variation, path);
    if (weights.has(variation)) return refuse('ROLLOUT_INVALID', `"${variation}" is named twice.`, { path });
    const exact = percent * PARTS_PER_PERCENT;
    const parts = Math.round(exact);
    if (Math.abs(exact - parts) > FLOAT_NOISE_PARTS) {
      return refuse('ROLLOUT_INVALID', `${percent} % is finer than a rollout can be.`, {
        fix: 'Use steps of 0.001.',
        path,
      });
    }
    weights.set(variation, parts);
    sum += parts;
  }
  if (sum > PARTS)
    return refuse('ROLLOUT_INVALID', `The shares sum to ${sum / PARTS_PER_PERCENT} %, not to at most 100.`);
  if (input.rule !== undefined || sum === PARTS) return weights;
  const rest = asked.rest === 'off' ? targeting.off : asked.rest;
  if (rest === null || weights.has(rest)) return refuseIncomplete(sum, rest);
  return weights.set(rest, PARTS - sum);
}

interface Asked {
  readonly shares: readonly { readonly variation: string; readonly percent: number; readonly path: string }[];
  /**
   * Which variation the rest of the fallthrough gets: `off` stands for the off variation, whatever its name; null for
   * none, because the shares are meant to be whole.
   */
  readonly rest: string | null;
}

function sharesOf(input: RolloutInput, flag: FlagBody): Asked | Refused {
  const { percent, variation, dark, live, shares, stage } = input;
  if (stage !== undefined) return stagedShares(input, stage, flag);
  const staged = dark !== undefined || live !== undefined;
  const ways = [percent !== undefined, staged, shares !== undefined].filter(Boolean).length;
  if (ways !== 1) {
    return refuse('ROLLOUT_INVALID', 'A rollout is one of: percent; dark and live; shares.', {
      fix: flag.type === 'launch' ? 'Send e.g. {"dark": 10, "live": 1}.' : 'Send e.g. {"percent": 10}.',
    });
  }
  if (shares) {
    return { shares: shares.map((share, index) => ({ ...share, path: `shares[${index}]` })), rest: null };
  }
  if (staged) {
    if (flag.type !== 'launch') {
      return refuse('ROLLOUT_INVALID', `"${flag.key}" is a ${flag.type} flag; only a launch has dark and live.`, {
        fix: 'Send percent and variation instead.',
        path: dark === undefined ? 'live' : 'dark',
      });
    }
    const stages = [
      { variation: 'live', percent: live ?? 0, path: 'live' },
      { variation: 'dark', percent: dark ?? 0, path: 'dark' },
    ];
    return { shares: stages, rest: 'off' };
  }
  const chosen = variation ?? (flag.type === 'boolean' ? variationWith(flag, true) : undefined);
  if (chosen === undefined) {
    return refuse(
      'ROLLOUT_INVALID',
      `Per cent of what? A ${flag.type} flag has no variation that is meant by itself.`,
      {
        fix: flag.type === 'launch' ? 'Send dark and live, e.g. {"live": 10}.' : 'Name the variation, or send shares.',
        path: 'variation',
      },
    );
  }
  return { shares: [{ variation: chosen, percent: percent ?? 0, path: 'percent' }], rest: 'off' };
}

/** One stage of a migration for some or all, and the stage before it for the rest. */
function stagedShares(
  { percent = 100, variation, dark, live, shares }: RolloutInput,
  stage: string,
  flag: FlagBody,
): Asked | Refused {
  if (flag.type !== 'migration') {
    return refuse('ROLLOUT_INVALID', `"${flag.key}" is a ${flag.type} flag; only a migration has stages to name.`, {
      fix: flag.type === 'launch' ? 'Send dark and live, e.g. {"live": 10}.' : 'Send percent and variation instead.',
      path: 'stage',
    });
  }
  if (variation !== undefined || dark !== undefined || live !== undefined || shares) {
    return refuse('ROLLOUT_INVALID', 'A stage goes with a percent, and with nothing else that says who gets what.', {
      fix: 'Send e.g. {"stage": "live", "percent": 10}.',
      path: 'stage',
    });
  }
  const before = MIGRATION_STAGES[migrationStageAt(stage) - 1];
  return { shares: [{ variation: stage, percent, path: 'stage' }], rest: before ?? null };
}

function refuseUnknownVariation(flag: FlagBody, variation: string, path: string): Refused {
  const names = flag.variations.map((each) => each.key).join(', ');
  return refuse('ROLLOUT_INVALID', `"${flag.key}" has no variation "${variation}".`, {
    fix: `It has: ${names}.`,
    path,
  });
}

function refuseIncomplete(sum: number, off: string | null): Refused {
  const message = `The shares sum to ${sum / PARTS_PER_PERCENT} %, and everybody must get something.`;
  const fix = off
    ? `The rest would get the off variation "${off}", which you gave a share of its own: send shares that sum to 100.`
    : 'Send shares that sum to 100.';
  return refuse('ROLLOUT_INVALID', message, { fix });
}

/**
 * The same of a rule, whose allocation has a seed of its own. That need not be kept while one variation is served to all,
 * because it is the same again afterwards.
 */
function allocateRule(
  { id, serve }: StoredRule,
  weights: Weights,
  off: string,
  input: RolloutInput,
  flagSeed: string,
): StoredServe {
  const own = ownSeed(flagSeed, id);
  const { by, seed = 'slices' in serve ? undefined : own } = bucketingOf(serve);
  const chosen = input.seed ?? seed;
  const special = chosen === own || chosen === flagSeed ? undefined : chosen;
  const allocated = reweigh(serve, weights, off, { by: input.by ?? by, seed: special });
  return 'slices' in allocated && chosen === own ? { ...allocated, seed: own } : allocated;
}

/** The new allocation, with minimal movement from the current one, hashed as before unless something else is sent. */
function allocate(current: StoredServe, weights: Weights, off: string, input: RolloutInput): StoredServe {
  const { by, seed } = bucketingOf(current);
  return reweigh(current, weights, off, { by: input.by ?? by, seed: input.seed ?? seed });
}
