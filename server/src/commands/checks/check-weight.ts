import type { Warning } from '@dimmer/contract';
import { type Audience, LARGE_RULESET_BYTES, MOST_RULESET_BYTES } from '@dimmer/core';
import type { Draft } from '../../documents/document.ts';
import { bytesFor, heaviestIn, type RulesetWeights, type Weight } from '../../encoding/ruleset-weights.ts';
import { Overlay } from '../../state/overlay.ts';
import type { State } from '../../state/state.ts';
import { type Refused, refuse } from '../refusal.ts';
import { isOnlySwitched } from './check-drafts.ts';

/** How many of the heaviest flags an answer names. */
const NAMED = 5;

const AUDIENCES = { server: 'servers', browser: 'browsers' } as const;

/**
 * Whether SDKs would still take the rulesets that some drafts make: refused if one would be too large and larger than it
 * is, with a warning from half of that. A kill, a toggle, and whatever makes a ruleset smaller always pass, also where
 * one is too large already.
 */
export function checkWeight(
  state: State,
  weights: RulesetWeights,
  drafts: readonly Draft[],
): { warnings: Warning[] } | Refused {
  const warnings: Warning[] = [];
  const weighed = drafts.filter((draft) => !isOnlySwitched(draft, state));
  const overlay = new Overlay(state, weighed);
  for (const { project, environment, before, after } of weights.weigh(weighed)) {
    if (after < LARGE_RULESET_BYTES) continue;
    const named = heaviestIn(overlay, project, environment, NAMED);
    const said = (audience: Audience, bytes: number) => ({ environment, audience, bytes, named });
    if (after > MOST_RULESET_BYTES && after > before) return refuseHeavy(said('server', after));
    // What browsers get is a part of it. It can be the larger news where servers' is too large already.
    const forBrowsers = bytesFor('browser', overlay, project, environment);
    if (forBrowsers > MOST_RULESET_BYTES && forBrowsers > bytesFor('browser', state, project, environment))
      return refuseHeavy(said('browser', forBrowsers));
    warnings.push(warnHeavy(said('server', after)));
  }
  return { warnings };
}

interface Heavy {
  readonly environment: string;
  readonly audience: Audience;
  readonly bytes: number;
  /** The heaviest first. */
  readonly named: readonly Weight[];
}

function refuseHeavy({ environment, audience, bytes, named }: Heavy): Refused {
  const message =
    `The ruleset of "${environment}" for ${AUDIENCES[audience]} would be ${megabytes(bytes)}; ` +
    `at most ${megabytes(MOST_RULESET_BYTES)} reach an SDK. ${heaviest(named)}`;
  return refuse('RULESET_TOO_LARGE', message, {
    fix: 'Make it smaller: shorten its patterns, lists and values, or archive flags that are done with; or divide the flags over two projects. Kills, and whatever makes a ruleset smaller, are always taken.',
    details: { environment, audience, bytes, limit: MOST_RULESET_BYTES, heaviest: named },
  });
}

function warnHeavy({ environment, bytes, named }: Heavy): Warning {
  const share = Math.floor((bytes / MOST_RULESET_BYTES) * 100);
  const message =
    `The ruleset of "${environment}" is ${megabytes(bytes)}, ${share} % of what reaches an SDK; ` +
    `what makes it larger than ${megabytes(MOST_RULESET_BYTES)} is refused. ${heaviest(named)}`;
  return { code: 'RULESET_LARGE', message };
}

function heaviest([first]: readonly Weight[]): string {
  if (first === undefined) return '';
  const { kind, key, bytes } = first;
  return `${kind === 'flag' ? 'Flag' : 'Segment'} "${key}" weighs most: ${megabytes(bytes)}.`;
}

/** Rounded up, to a tenth of a mebibyte: what is refused must not look as large as what is taken. */
function megabytes(bytes: number): string {
  const mebibytes = bytes / 1024 / 1024;
  return mebibytes < 1 ? `${Math.ceil(bytes / 1024)} KiB` : `${(Math.ceil(mebibytes * 10) / 10).toFixed(1)} MiB`;
}
