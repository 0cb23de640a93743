import { lightOf } from '@dimmer/core/light';
import type { EnvironmentSummary, Flag } from '../server/flags.ts';
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
  const { lit: light, dark } = lightOf(flag, true, shares);
  const held = shares.filter(({ percent }) => percent > 0);
  if (flag.type === 'boolean' || flag.type === 'launch') return { figure: formatPercent(light), light, dark };
  const [only] = held;
  if (flag.type === 'migration') {
    const furthest = held.toSorted((one, other) => STAGES.indexOf(other.variation) - STAGES.indexOf(one.variation))[0];
    const share = furthest && furthest.percent < 100 ? ` ${formatPercent(furthest.percent)}` : '';
    return { figure: `${shownText(furthest?.variation ?? 'off')}${share}`, light, dark };
  }
  const figure = held.length === 1 && only ? shownText(only.variation) : `${held.length}-way split`;
  return { figure, light, dark };
}

/** What a restore brings back: `10 % and 1 rule`; `null` unless the flag is killed. */
export function restoreText(flag: Pick<Flag, 'type' | 'variations'>, summary: EnvironmentSummary): string | null {
  const { killed, restores, rules } = summary;
  if (!killed || !restores) return null;
  const { figure, dark } = standingOf(flag, restores.shares);
  return [figure, dark > 0 && `${formatPercent(dark)} dark`, ruleCount(rules)].filter(Boolean).join(' and ');
}

function ruleCount(rules: number): string {
  if (rules === 0) return '';
  return rules === 1 ? '1 rule' : `${rules} rules`;
}
