import type { EnvironmentSummary, Flag } from '../server/flags.ts';
import { litVariations } from './lit.ts';
import { formatPercent } from './percent.ts';
import { shownText } from './shown-text.ts';

type Shares = EnvironmentSummary['shares'];

const STAGES = ['off', 'dual-write', 'shadow', 'live', 'ramp-down', 'complete'];

/** How far up a flag is, in one figure and as light, 0–100. */
export interface Standing {
  /** `10 %`; of a migration `shadow 40 %`; of other flags the variation, or into how many they split. */
  readonly figure: string;
  readonly light: number;
  /** Of a launch: for how many it runs unseen, 0–100. */
  readonly dark: number;
}

/** How a flag that is on stands where no rule matches. */
export function standingOf(flag: Pick<Flag, 'type' | 'variations'>, shares: Shares): Standing {
  const lit = litVariations(flag);
  const held = shares.filter(({ percent }) => percent > 0);
  const light = shares.reduce((sum, { variation, percent }) => sum + (lit(variation) ? percent : 0), 0);
  const dark = shares.find(({ variation }) => variation === 'dark')?.percent ?? 0;
  if (flag.type === 'boolean') return { figure: formatPercent(light), light, dark: 0 };
  if (flag.type === 'launch') return { figure: formatPercent(light), light, dark };
  const [only] = held;
  if (flag.type === 'migration') {
    // Each stage is a fifth of the way.
    const walked = shares.reduce(
      (sum, { variation, percent }) => sum + Math.max(0, STAGES.indexOf(variation)) * percent,
      0,
    );
    const furthest = held.toSorted((one, other) => STAGES.indexOf(other.variation) - STAGES.indexOf(one.variation))[0];
    const share = furthest && furthest.percent < 100 ? ` ${formatPercent(furthest.percent)}` : '';
    return {
      figure: `${shownText(furthest?.variation ?? 'off')}${share}`,
      light: walked / (STAGES.length - 1),
      dark: 0,
    };
  }
  const figure = held.length === 1 && only ? shownText(only.variation) : `${held.length}-way split`;
  return { figure, light: 100, dark: 0 };
}
