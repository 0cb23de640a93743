import { PARTS } from '@dimmer/core';
import { litVariations } from '@dimmer/core/light';
import type { EffectGroup, Move, Place } from '@dimmer/core/targeting-effect';
import type { Flag } from '../../api/flags.ts';
import type { TargetingBody } from '../../api/targeting-body.ts';
import { sumOf, weightsOf } from '../../api/weights.ts';
import { conditionsSentence } from '../../sentences/condition-sentence.ts';
import { servedText, serveSentence } from '../../sentences/serve-sentence.ts';
import { shownText } from '../../sentences/shown-text.ts';
import { ofThem } from './people.ts';

export type Subject = Pick<Flag, 'type' | 'variations' | 'seed'>;

/** Whether a move takes something away: the light of a boolean or a launch; of others, whatever there was. */
export function losing(flag: Subject): (move: Move) => boolean {
  const lit = litVariations(flag);
  return isToggle(flag) ? ({ from, to }) => lit(from) && !lit(to) : ({ from, to }) => from !== to;
}

/** Whether a flag is something that people have or have not. */
export function isToggle({ type }: Pick<Subject, 'type'>): boolean {
  return type === 'boolean' || type === 'launch';
}

/** Those whom nothing but the default rule serves, before (if the flag was on) and after. */
export function isDefaultGroup({ before, after }: EffectGroup): boolean {
  return after.kind === 'default' && (before.kind === 'default' || before.kind === 'off');
}

/** What comes of a change for one group: `From rule 1 (…) to the default rule: on → 25 % on; 3 in 4 of them lose it.` */
export function groupText(flag: Subject, group: EffectGroup, before: TargetingBody, after: TargetingBody): string {
  const [was, is] = [placeText(group.before, before), placeText(group.after, after)];
  const who = group.before.kind === 'off' || was === is ? is : `from ${was} to ${is}`;
  const served = [
    servedAt(
      group.before,
      before,
      group.moves.map(({ from }) => from),
    ),
    servedAt(
      group.after,
      after,
      group.moves.map(({ to }) => to),
    ),
  ];
  return `${capital(who)}: ${served.join(' → ')}${lossText(flag, group)}.`;
}

function lossText(flag: Subject, { moves, isExact, isDrawnAnew, before, after }: EffectGroup): string {
  const lost = moves.filter(losing(flag));
  if (lost.length === 0) return isToggle(flag) ? '; none of them loses it' : '';
  const what = isToggle(flag) ? 'lose it' : 'get another variation than now';
  const share = lost.reduce((sum, move) => sum + move.share, 0);
  // Of people who are named one by one there are too few for shares to say how many.
  const isCounted = isExact && !isDrawnAnew && share > 0 && before.kind !== 'target' && after.kind !== 'target';
  if (!isCounted) return `; some of them may ${what}`;
  return `; ${ofThem(share * 100)} ${what}`;
}

function placeText(place: Place, { rules }: TargetingBody): string {
  switch (place.kind) {
    case 'off':
      return 'off';
    case 'prerequisite':
      return 'where a prerequisite is not met';
    case 'target':
      return 'people named one by one';
    case 'rule':
      return `rule ${place.index + 1} (${conditionsSentence(rules[place.index]?.when ?? [])})`;
    case 'default':
      return 'the default rule';
  }
}

function servedAt(place: Place, { off, rules, fallthrough }: TargetingBody, variations: readonly string[]): string {
  switch (place.kind) {
    case 'rule': {
      const rule = rules[place.index];
      if (!rule) return '';
      const isPart = sumOf(weightsOf(rule.serve)) < PARTS;
      return `${isPart ? serveSentence(rule.serve) : servedText(rule.serve, off)}${isPart ? ', the rest goes on' : ''}`;
    }
    case 'default':
      return servedText(fallthrough, off);
    default:
      return [...new Set(variations)].map(shownText).join(' or ');
  }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
