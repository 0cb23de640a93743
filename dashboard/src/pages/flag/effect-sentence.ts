import { litVariations } from '../../elements/lit.ts';
import { shownText } from '../../elements/shown-text.ts';
import type { Flag } from '../../server/flags.ts';
import type { Serve } from '../../server/targeting.ts';
import type { TargetingBody } from '../../server/targeting-body.ts';
import { percentOf, weightsOf } from '../../server/weights.ts';
import { movementOf } from './movement.ts';
import { peopleOf } from './people.ts';

type Switched = Pick<TargetingBody, 'on' | 'off' | 'fallthrough'>;
type Subject = Pick<Flag, 'type' | 'variations'>;

/**
 * What will come of a change of the dimmer, for those whom no rule and no target catches:
 * `1 in 10 people will get on; nobody who has it now loses it.`
 */
export function effectSentence(flag: Subject, before: Switched, after: Switched): string {
  if (!after.on) {
    const who = `everybody ${before.on ? 'will get' : 'gets'} ${shownText(after.off)}`;
    return before.on ? `It will be off: ${who}.` : `It is off: ${who}.`;
  }
  const [was, is] = [served(before), served(after)];
  const { moves, isDealtAnew } = movementOf(was, is);
  const shares = sharesText(flag, is, before.on && moves.length === 0 && !isDealtAnew);
  if (isDealtAnew) return `${shares}. Who is among them is drawn anew, so people who have it now may lose it.`;
  if (moves.length === 0) return `${shares}${before.on ? ', as now' : ''}.`;
  return `${shares}; ${movedText(flag, moves)}.`;
}

function served({ on, off, fallthrough }: Switched): Serve {
  return on ? fallthrough : { variation: off };
}

function sharesText(flag: Subject, serve: Serve, isNow: boolean): string {
  const lit = litVariations(flag);
  const weights = [...weightsOf(serve)].filter(([, parts]) => parts > 0);
  const of = (match: (key: string) => boolean): number =>
    percentOf(weights.reduce((sum, [key, parts]) => sum + (match(key) ? parts : 0), 0));
  const verb = isNow ? 'get' : 'will get';
  if (flag.type === 'boolean') return capital(`${peopleOf(of(lit))} ${conjugate(of(lit), verb)} ${nameOf(flag, lit)}`);
  if (flag.type === 'launch') {
    const [live, dark] = [of((key) => key === 'live'), of((key) => key === 'dark')];
    const parts = [`${peopleOf(live)} ${conjugate(live, verb)} the new code (live)`];
    if (dark > 0) parts.push(`for ${peopleOf(dark)} it ${isNow ? 'runs' : 'will run'} unseen beside the old (dark)`);
    return capital(parts.join('; '));
  }
  const parts = weights.map(
    ([key, share]) => `${peopleOf(percentOf(share))} ${conjugate(percentOf(share), verb)} ${shownText(key)}`,
  );
  return capital(parts.join(', '));
}

/** `nobody gets`, `everybody gets`, `1 in 10 people get`. */
function conjugate(percent: number, verb: string): string {
  return verb === 'get' && (percent <= 0 || percent >= 100) ? 'gets' : verb;
}

function nameOf({ variations }: Subject, lit: (key: string) => boolean): string {
  return shownText(variations.find(({ key }) => lit(key))?.key ?? 'on');
}

function movedText(flag: Subject, moves: ReturnType<typeof movementOf>['moves']): string {
  const lit = litVariations(flag);
  const sum = (match: (move: (typeof moves)[number]) => boolean): number =>
    percentOf(moves.reduce((total, move) => total + (match(move) ? move.parts : 0), 0));
  if (flag.type === 'boolean' || flag.type === 'launch') {
    const lost = sum(({ from, to }) => lit(from) && !lit(to));
    if (lost === 0) return 'nobody who has it now loses it';
    return `${peopleOf(lost)} ${lost >= 100 ? 'loses' : 'lose'} it`;
  }
  const moved = sum(() => true);
  return moved >= 100
    ? 'everybody gets another variation than now'
    : `${peopleOf(moved)} get another variation than now, nobody else notices`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
