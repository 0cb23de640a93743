import { PARTS } from '@dimmer/core';
import { sharesOf } from '@dimmer/core/shares';
import type { Rule, Serve, Targeting } from '../../../api/targeting.ts';
import { formatPercent } from '../../../sentences/percent.ts';
import { ruleName } from '../merge-targeting.ts';

type Body = Pick<Targeting, 'rules' | 'fallthrough'>;

/**
 * What a percentage really comes to where it shares its attribute and seed with one before it: both choose the same
 * people first, so a second 50 % serves nobody whom the first 50 % has left.
 *
 * @param index of the rule; the number of rules for the default rule behind them
 * @param saved as it is stored: a share that is new gets a seed of its own when it is saved, unless it names one
 * @returns a sentence, or null where nothing is shared
 */
export function overlapNote(flagSeed: string, body: Body, saved: Body, index: number): string | null {
  const all = [...body.rules.map((rule) => ({ ...rule, serve: asSaved(flagSeed, rule, saved) })), undefined];
  const serves = all.map((rule) => rule?.serve ?? body.fallthrough);
  const own = serves[index];
  if (!own || !('slices' in own)) return null;
  const before = sharesOf(serves.slice(0, index + 1), flagSeed)[index]?.overlaps ?? [];
  if (before.length === 0) return null;
  // Of those who meet the conditions of these alone; what other rules take is another matter.
  const { served = 0 } = sharesOf([...before.map((each) => serves[each] as Serve), own], flagSeed).at(-1) ?? {};
  const asked = own.slices.reduce((sum, { parts }) => sum + parts, 0) / PARTS;
  const names = before.map((each) => ruleName(body.rules[each] ?? {}, each)).join(', ');
  return `Chooses the same people as ${names}: of those who meet ${before.length > 1 ? 'all of these' : 'both'}, it serves ${formatPercent(served * 100)}, not ${formatPercent(asked * 100)}.`;
}

/** The server gives a rule a seed when its share is new; until then nobody else has that one. */
function asSaved(flagSeed: string, { id, serve }: Rule, saved: Body): Serve {
  const was = saved.rules.find((rule) => rule.id === id)?.serve;
  if (!('slices' in serve) || serve.seed !== undefined || (was && 'slices' in was)) return serve;
  return { ...serve, seed: `${flagSeed}/${id}` };
}
