import { Tooltip } from '@mantine/core';
import type { EnvironmentSummary } from '../server/flags.ts';
import classes from './dimmer-bar.module.css';
import { formatPercent } from './percent.ts';

interface Props {
  readonly summary: EnvironmentSummary;
  /** The variation that counts as light: `on`, `live`; without it, all but the first. */
  readonly lit: (variation: string) => boolean;
}

/** How far a flag is turned up in one environment, as a small bar with its percentage. */
export function DimmerBar({ summary, lit }: Props) {
  const { environment, killed, on, rules } = summary;
  const percent = litPercent(summary, lit);
  const dark = on ? (summary.shares.find(({ variation }) => variation === 'dark')?.percent ?? 0) : 0;
  const state = killed ? 'killed' : on ? formatPercent(percent) : 'off';
  const more = rules > 0 ? `, and ${rules} ${rules === 1 ? 'rule' : 'rules'}` : '';
  const shares = summary.shares.map(({ variation, percent: share }) => `${formatPercent(share)} ${variation}`);
  const label = killed
    ? `${environment}: killed by ${killed.by}: ${killed.reason}`
    : on
      ? `${environment}: ${shares.join(', ')}${more}`
      : `${environment}: off`;
  return (
    <Tooltip label={label} multiline maw={320}>
      <span className={classes.dimmer} data-state={killed ? 'killed' : on ? 'on' : 'off'} aria-label={label} role="img">
        <svg className={classes.track} viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
          <rect className={classes.ground} width="100" height="8" />
          <rect className={classes.shadow} width={percent + dark} height="8" />
          <rect className={classes.light} width={percent} height="8" />
        </svg>
        <span className={classes.figure}>
          {state}
          {on && !killed && rules > 0 && <sup>+{rules}</sup>}
        </span>
      </span>
    </Tooltip>
  );
}

/** What share of those that no rule catches gets a variation that counts as light, 0–100. */
export function litPercent({ on, shares }: EnvironmentSummary, lit: (variation: string) => boolean): number {
  if (!on) return 0;
  return shares.reduce((sum, { variation, percent }) => sum + (lit(variation) ? percent : 0), 0);
}
