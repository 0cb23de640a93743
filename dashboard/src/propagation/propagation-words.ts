import type { Propagation } from '../api/propagation.ts';
import { formatDuration } from '../sentences/duration.ts';

/** From so many on quantiles say something that a list would not. */
const MANY = 20;
/** A receipt takes some milliseconds, over the worst line a second or two: what takes longer is looked at. */
const OVERDUE_MS = 10_000;

/** How long it took, of those of whom it is known; '': of nobody. */
export function delaySentence({ delayMs, applied }: Pick<Propagation, 'delayMs' | 'applied'>): string {
  if (!delayMs) return '';
  // A server of before does not say of how many that is.
  const { count = applied, p50, p99, max } = delayMs;
  if (count <= 1) return applied <= 1 ? `It took ${formatDuration(max)}.` : `One of them took ${formatDuration(max)}.`;
  if (count < MANY) return `The slowest of ${count === applied ? 'them' : count} took ${formatDuration(max)}.`;
  return `Half of them within ${formatDuration(p50)}, 99 of 100 within ${formatDuration(p99)}, the last after ${formatDuration(max)}.`;
}

type Waiting = Pick<Propagation, 'complete' | 'pending' | 'ageMs' | 'stragglers'>;

/** Whether somebody keeps it from being complete for longer than a line can be slow; a server of before does not say. */
export function isOverdue({ complete, ageMs = 0, ...waiting }: Waiting): boolean {
  return !complete && unheard(waiting) > 0 && ageMs >= OVERDUE_MS;
}

/** Those that have a stream and say nothing. A restart helps neither who cannot take it, nor who asks now and then. */
function unheard({ pending, stragglers }: Pick<Waiting, 'pending' | 'stragglers'>): number {
  return pending - stragglers.filter(({ failure, polls }) => failure || polls).length;
}

/** What to do about those who have not confirmed a change for long: only what is known of them. */
export function overdueSentence({ ageMs = 0, ...waiting }: Waiting): string {
  const one = unheard(waiting) === 1;
  return (
    `${one ? 'It is' : 'They are'} connected and ${one ? 'has' : 'have'} not confirmed this for ${formatDuration(ageMs)}. ` +
    `As far as ${one ? 'it has' : 'they have'} said, ${one ? 'it still serves' : 'they still serve'} the old rules: restart ${one ? 'it' : 'them'}.`
  );
}
