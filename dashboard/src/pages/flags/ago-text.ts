const STEPS = [
  ['minute', 60_000],
  ['hour', 3_600_000],
  ['day', 86_400_000],
  ['month', 30 * 86_400_000],
  ['year', 365 * 86_400_000],
] as const;
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'always', style: 'narrow' });

/** How long ago something was, short enough for a column: `5m ago`. */
export function agoText(at: number, now: number): string {
  const age = now - at;
  const step = STEPS.findLast(([, ms]) => age >= ms);
  return step ? relative.format(-Math.trunc(age / step[1]), step[0]) : 'just now';
}
