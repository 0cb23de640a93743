import { clockText } from '../../sentences/clock-text.ts';

const STEPS = [
  ['minute', 60_000],
  ['hour', 3_600_000],
  ['day', 86_400_000],
  ['month', 30 * 86_400_000],
  ['year', 365 * 86_400_000],
] as const;
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'always', style: 'narrow' });

/** How long ago something was, and when, short enough for a column: `5m ago · 14:32`, `12d ago · 18 Nov`. */
export function agoText(at: number, now: number): string {
  const age = now - at;
  const step = STEPS.findLast(([, ms]) => age >= ms);
  const ago = step ? relative.format(-Math.trunc(age / step[1]), step[0]) : 'just now';
  return `${ago} · ${clockText(at, now, true)}`;
}
