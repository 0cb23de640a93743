import type { EnvironmentSummary, Flag } from '../api/flags.ts';
import { flagLightOf, keptText, restoreSentence } from '../sentences/flag-light.ts';
import { formatPercent } from '../sentences/percent.ts';
import { shownText } from '../sentences/shown-text.ts';
import classes from './dimmer-bar.module.css';

/** Of 100: above nothing is never drawn as nothing. */
const LEAST_SEEN = 3;
const DARKNESS = { figure: 'off', light: 0, dark: 0 };

interface Props {
  readonly summary: EnvironmentSummary;
  readonly flag: Pick<Flag, 'type' | 'variations'>;
}

/**
 * How far a flag is turned up in one environment, as a small bar with its percentage. There may be a hundred of them on
 * a page that scrolls, so it is plain elements.
 */
export function DimmerBar({ summary, flag }: Props) {
  const { killed, on, absent, blockedBy, rules, shares } = summary;
  const isOn = on && !blockedBy && !absent;
  const { figure, light: percent, dark } = isOn ? flagLightOf(flag, shares) : DARKNESS;
  const state = absent ? 'not served' : killed ? 'killed' : figure;
  const kept = keptText(flag, summary);
  const label = [labelOf(summary), restoreSentence(flag, summary)].filter(Boolean).join('. ');
  return (
    <span
      className={classes.dimmer}
      data-state={killed ? 'killed' : isOn ? 'on' : 'off'}
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
        {kept !== null && <span className={classes.kept}>{kept}</span>}
        {dark > 0 && !killed && <span className={classes.rules}>{formatPercent(dark)} dark</span>}
        {blockedBy && <span className={classes.kept}>needs {shownText(blockedBy)}</span>}
        {isOn && !killed && rules > 0 && <span className={classes.rules}>+{rules}</span>}
      </span>
    </span>
  );
}

function seen(percent: number): number {
  return Math.max(LEAST_SEEN, Math.min(100, percent));
}

function labelOf({ environment, killed, on, absent, blockedBy, rules, shares }: EnvironmentSummary): string {
  if (absent) return `${environment}: not served yet, callers get the default in their own code`;
  if (killed) return `${environment}: killed by ${killed.by}: ${killed.reason}`;
  if (!on) return `${environment}: off`;
  if (blockedBy) return `${environment}: off for everyone, for nobody meets its prerequisite ${shownText(blockedBy)}`;
  const served = shares.map(({ variation, percent }) => `${formatPercent(percent)} ${variation}`);
  const more = rules > 0 ? `, and ${rules} ${rules === 1 ? 'rule' : 'rules'}` : '';
  return `${environment}: ${served.join(', ')}${more}`;
}
