import { formatPercent } from '../../sentences/percent.ts';
import { shownText } from '../../sentences/shown-text.ts';

/** Denominators that people say. */
const SAID = [2, 3, 4, 5, 6, 8, 10, 20, 25, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000];
const number = new Intl.NumberFormat();

/**
 * A percentage as a number of people: `1 in 10 people`, `3 in 4 people`, `everyone`. Where no such words are exact, the
 * figure is.
 *
 * @param by the attribute that is hashed, if it is another than the targeting key: then people are not what is counted
 */
export function peopleOf(percent: number, by?: string): string {
  if (percent <= 0) return 'nobody';
  if (percent >= 100) return 'everyone';
  return `${shareText(percent)} ${by === undefined || by === 'targetingKey' ? 'people' : `values of ${shownText(by)}`}`;
}

/** The same of people who have just been named: `3 in 4 of them`. */
export function ofThem(percent: number): string {
  if (percent <= 0) return 'none of them';
  if (percent >= 100) return 'all of them';
  return `${shareText(percent).replace(/ of$/, '')} of them`;
}

function shareText(percent: number): string {
  for (const of of SAID) {
    const count = (percent * of) / 100;
    const isShort = of <= 10 || Math.round(count) === 1 || (of === 100 && percent > 10);
    if (isShort && Math.abs(count - Math.round(count)) < 1e-7) {
      return `${number.format(Math.round(count))} in ${number.format(of)}`;
    }
  }
  return `${formatPercent(percent)} of`;
}
