import { type CSSProperties, memo } from 'react';
import { Link } from 'wouter';
import type { EnvironmentSummary, Flag } from '../../api/flags.ts';
import type { Environment } from '../../api/projects.ts';
import { DimmerBar } from '../../elements/dimmer-bar.tsx';
import { shownText } from '../../sentences/shown-text.ts';
import { agoText } from './ago-text.ts';
import classes from './flag-list.module.css';

/** More would not be seen; the flag's page has all. */
const TAGS_SHOWN = 3;

interface Props {
  readonly flag: Flag;
  readonly index: number;
  readonly environments: readonly Environment[];
  readonly isSelected: boolean;
  /** Where it stands in the list, px from its top. */
  readonly start: number;
  readonly isNarrow: boolean;
  /** To the quarter of an hour: what is shown does not change while one scrolls. */
  readonly now: number;
  readonly onSelect: (key: string) => void;
  readonly onMeasure: (element: HTMLElement | null) => void;
}

/** One flag: a line, or a card where a line does not fit. */
export const FlagRow = memo(function FlagRow(props: Props) {
  const { flag, index, environments, isSelected, start, isNarrow, now, onSelect, onMeasure } = props;
  const name = shownText(flag.name || flag.key);
  const summaries = new Map(flag.environments.map((summary) => [summary.environment, summary]));
  const place: CSSProperties = { transform: `translateY(${start}px)` };
  const check = (
    <label className={classes.check}>
      <input type="checkbox" aria-label={`Select ${name}`} checked={isSelected} onChange={() => onSelect(flag.key)} />
    </label>
  );
  const bar = (summary: EnvironmentSummary | undefined) => summary && <DimmerBar summary={summary} flag={flag} />;
  if (isNarrow) {
    return (
      <li ref={onMeasure} className={classes.row} style={place} data-index={index} data-selected={isSelected}>
        <div className={classes.card}>
          {check}
          <div className={classes.heading}>
            <About flag={flag} name={name} index={index} />
          </div>
          <div className={classes.bars}>
            {environments.map(({ key, name: environmentName }) => (
              <div key={key}>
                <span className={classes.environment}>{shownText(environmentName || key)}</span>
                {bar(summaries.get(key))}
              </div>
            ))}
          </div>
          <div className={classes.when}>
            {flag.lastChange && `Changed ${agoText(flag.lastChange.at, now)} by ${shownText(flag.lastChange.by)}`}
          </div>
        </div>
      </li>
    );
  }
  return (
    <tr className={classes.row} style={place} aria-rowindex={index + 2} data-index={index} data-selected={isSelected}>
      <td>{check}</td>
      <td className={classes.about}>
        <About flag={flag} name={name} index={index} />
      </td>
      {environments.map(({ key }) => (
        <td key={key}>{bar(summaries.get(key))}</td>
      ))}
      <td className={classes.when}>
        {flag.lastChange ? (
          <>
            {when(flag.lastChange.at, now)}
            <span className={classes.who} title={shownText(flag.lastChange.by)}>
              {shownText(flag.lastChange.by)}
            </span>
          </>
        ) : (
          '–'
        )}
      </td>
      <td className={classes.when}>{flag.lastEvaluatedAt ? when(flag.lastEvaluatedAt, now) : 'never'}</td>
    </tr>
  );
});

const STALE_WORDS = { 'not-evaluated': 'not evaluated', 'served-to-all': 'served to all' } as const;

function About({ flag, name, index }: { readonly flag: Flag; readonly name: string; readonly index: number }) {
  const { project, key, tags, archived, stale } = flag;
  return (
    <>
      <Link
        className={classes.name}
        href={`/projects/${encodeURIComponent(project)}/flags/${encodeURIComponent(key)}`}
        title={name}
        dir="auto"
        data-flag-link={index}
        data-archived={archived}
      >
        {name}
      </Link>
      <div className={classes.below}>
        <span className={classes.key} title={key}>
          {key}
        </span>
        {archived && <span className={classes.note}>archived</span>}
        {stale && <span className={classes.note}>{STALE_WORDS[stale]}</span>}
        {tags.slice(0, TAGS_SHOWN).map((tag) => (
          <span key={tag} className={classes.tag} title={shownText(tag)}>
            {shownText(tag)}
          </span>
        ))}
        {tags.length > TAGS_SHOWN && <span>+{tags.length - TAGS_SHOWN}</span>}
      </div>
    </>
  );
}

function when(at: number, now: number) {
  const date = new Date(at);
  return (
    <time dateTime={date.toISOString()} title={date.toString()}>
      {agoText(at, now)}
    </time>
  );
}
