/** What becomes of a call of control's, ms, while a shadow runs. */
export const EFFECTS: Readonly<Record<string, (usualMs: number) => number>> = {
  'none: a harmless candidate': (ms) => ms,
  'the median is 50 times as long': (ms) => 50 * ms,
  'one call in five is 10 ms longer': (ms) => ms + (Math.random() < 0.2 ? 10 : 0),
  'one call in seven is 3 ms longer': (ms) => ms + (Math.random() < 0.15 ? 3 : 0),
};
