import { formatPercent } from '../../elements/percent.ts';

/** Denominators that people say. */
const SAID = [2, 3, 4, 5, 6, 8, 10, 20, 25, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000];
const number = new Intl.NumberFormat();

/**
 * A percentage as a number of people: `1 in 10 people`, `3 in 4 people`, `everybody`. Where no such words are exact, the
 * figure is.
 */
export function peopleOf(percent: number): string {
  if (percent <= 0) return 'nobody';
  if (percent >= 100) return 'everybody';
  for (const of of SAID) {
    const count = (percent * of) / 100;
    const isShort = of <= 10 || Math.round(count) === 1 || (of === 100 && percent > 10);
    if (isShort && Math.abs(count - Math.round(count)) < 1e-7) {
      return `${number.format(Math.round(count))} in ${number.format(of)} people`;
    }
  }
  return `${formatPercent(percent)} of people`;
}
