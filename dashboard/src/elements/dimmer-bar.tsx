import type { EnvironmentSummary } from '../server/flags.ts';
import classes from './dimmer-bar.module.css';
import { formatPercent } from './percent.ts';

/** Of 100: above nothing is never drawn as nothing. */
const LEAST_SEEN = 3;

interface Props {
  readonly summary: EnvironmentSummary;
  /** The variation that counts as light: `on`, `live`; without it, all but the first. */
  readonly lit: (variation: string) => boolean;
}

/**
 * How far a flag is turned up in one environment, as a small bar with its percentage. There may be a hundred of them on
 * a page that scrolls, so it is plain elements.
 */
export function DimmerBar({ summary, lit }: Props) {
  const { killed, on, rules } = summary;
  const percent = litPercent(summary, lit);
  const dark = on ? (summary.shares.find(({ variation }) => variation === 'dark')?.percent ?? 0) : 0;
  const state = killed ? 'killed' : on ? formatPercent(percent) : 'off';
  const label = labelOf(summary);
  return (
    <span
      className={classes.dimmer}
      data-state={killed ? 'killed' : on ? 'on' : 'off'}
      aria-label={label}
      title={label}
      role="img"
    >
      <span className={classes.track} aria-hidden="true">
        {dark > 0 && <span className={classes.shadow} style={{ width: `${seen(percent + dark)}%` }} />}
        {percent > 0 && (
          <span
            className={classes.light}
            // The further up, the brighter: 10 % and 100 % are told apart by more than length.
            style={{ width: `${seen(percent)}%`, opacity: 0.55 + (0.45 * percent) / 100 }}
          />
        )}
      </span>
      <span className={classes.figure} aria-hidden="true">
        {state}
        {dark > 0 && !killed && <span className={classes.rules}>{formatPercent(dark)} dark</span>}
        {on && !killed && rules > 0 && <span className={classes.rules}>+{rules}</span>}
      </span>
    </span>
  );
}

function seen(percent: number): number {
  return Math.max(LEAST_SEEN, Math.min(100, percent));
}

function labelOf({ environment, killed, on, rules, shares }: EnvironmentSummary): string {
  if (killed) return `${environment}: killed by ${killed.by}: ${killed.reason}`;
  if (!on) return `${environment}: off`;
  const served = shares.map(({ variation, percent }) => `${formatPercent(percent)} ${variation}`);
  const more = rules > 0 ? `, and ${rules} ${rules === 1 ? 'rule' : 'rules'}` : '';
  return `${environment}: ${served.join(', ')}${more}`;
}

/** What share of those that no rule catches gets a variation that counts as light, 0–100. */
export function litPercent({ on, shares }: EnvironmentSummary, lit: (variation: string) => boolean): number {
  if (!on) return 0;
  return shares.reduce((sum, { variation, percent }) => sum + (lit(variation) ? percent : 0), 0);
}
