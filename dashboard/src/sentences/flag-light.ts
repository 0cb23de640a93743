import { migrationStageAt } from '@dimmer/core/flag-types';
import { lightOf } from '@dimmer/core/light';
import type { EnvironmentSummary, Flag } from '../api/flags.ts';
import { formatPercent } from './percent.ts';
import { shownText } from './shown-text.ts';

type Shares = EnvironmentSummary['shares'];

/** How far up a flag is, in one figure and as light, 0–100. */
export interface FlagLight {
  /** `10 %`; of a migration `shadow 40 %`; of other flags the variation, or into how many they split. */
  readonly figure: string;
  readonly light: number;
  /** Of a launch: for how many it runs unseen, 0–100. */
  readonly dark: number;
}

/** How a flag that is on stands where no rule matches. */
export function flagLightOf(flag: Pick<Flag, 'type' | 'variations'>, shares: Shares): FlagLight {
  const { lit: light, dark } = lightOf(flag, true, shares);
  const held = shares.filter(({ percent }) => percent > 0);
  if (flag.type === 'boolean' || flag.type === 'launch') return { figure: formatPercent(light), light, dark };
  const [only] = held;
  if (flag.type === 'migration') {
    const furthest = held.toSorted(
      (one, other) => migrationStageAt(other.variation) - migrationStageAt(one.variation),
    )[0];
    const share = furthest && furthest.percent < 100 ? ` ${formatPercent(furthest.percent)}` : '';
    return { figure: `${shownText(furthest?.variation ?? 'off')}${share}`, light, dark };
  }
  const figure = held.length === 1 && only ? shownText(only.variation) : `${held.length}-way split`;
  return { figure, light, dark };
}

type Killed = Pick<EnvironmentSummary, 'killed' | 'restores' | 'rules'>;
type Varied = Pick<Flag, 'type' | 'variations'>;

/** What a restore brings back, in few words: `10 % and 1 rule kept`, `off before`; `null` unless the flag is killed. */
export function keptText(flag: Varied, summary: Killed): string | null {
  const { killed, restores } = summary;
  if (!killed || !restores) return null;
  return restores.on === false ? 'off before' : `${storedText(flag, summary)} kept`;
}

/** The same as a sentence: `Restore brings back 10 % and 1 rule.` */
export function restoreSentence(flag: Varied, summary: Killed): string | null {
  const { killed, restores } = summary;
  if (!killed || !restores) return null;
  if (restores.on === false) return 'It was off before the kill, and is off again once it is restored.';
  return `Restore brings back ${storedText(flag, summary)}.`;
}

/** What a restore is about to do, for its confirmation. */
export function restoringSentence(flag: Varied, summary: Killed): string {
  if (summary.restores?.on === false)
    return 'It was off before the kill, and is off again after this. Its rules are kept.';
  const stored = storedText(flag, summary);
  return `It is turned on again with the rules that are stored${stored === '' ? '' : `: ${stored}`}.`;
}

function storedText(flag: Varied, { restores, rules }: Killed): string {
  if (!restores) return '';
  const { figure, dark } = flagLightOf(flag, restores.shares);
  return [figure, dark > 0 && `${formatPercent(dark)} dark`, ruleCount(rules)].filter(Boolean).join(' and ');
}

function ruleCount(rules: number): string {
  if (rules === 0) return '';
  return rules === 1 ? '1 rule' : `${rules} rules`;
}
