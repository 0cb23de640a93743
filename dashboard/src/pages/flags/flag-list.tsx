import { useMediaQuery } from '@mantine/hooks';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { type Ref, useEffect, useImperativeHandle, useLayoutEffect, useState } from 'react';
import type { Flag } from '../../api/flags.ts';
import type { Environment } from '../../api/projects.ts';
import { shownText } from '../../sentences/shown-text.ts';
import type { FlagFilter } from './flag-filter.ts';
import classes from './flag-list.module.css';
import { FlagRow } from './flag-row.tsx';

/** More columns do not fit; the flag's page has all. Production stands last, so the last ones are kept. */
const COLUMNS = 4;
const OVERSCAN = 8;
const MINUTE_MS = 60_000;

/** What the page can ask of its list. */
export interface FlagListHandle {
  /** Moves the focus by so many flags; to the first if none has it. */
  move(by: number): void;
}

interface Props {
  readonly flags: readonly Flag[];
  readonly environments: readonly Environment[];
  readonly selected: ReadonlySet<string>;
  readonly onSelect: (key: string) => void;
  readonly onSelectAll: () => void;
  readonly order: FlagFilter['order'];
  readonly onOrder: (order: FlagFilter['order']) => void;
  readonly ref: Ref<FlagListHandle>;
}

/** Thousands of flags, of which those that are looked at are drawn. */
export function FlagList({ flags, environments, selected, onSelect, onSelectAll, order, onOrder, ref }: Props) {
  const [body, setBody] = useState<HTMLElement | null>(null);
  const [top, setTop] = useState(0);
  const isNarrow = useMediaQuery('(max-width: 68em)', undefined, { getInitialValueInEffect: false }) ?? false;
  const rem = useRem();
  const now = useMinutes();
  useLayoutEffect(() => {
    const measure = (): void => {
      if (body) setTop(body.getBoundingClientRect().top + window.scrollY);
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(document.body);
    return () => observer.disconnect();
  }, [body]);
  const virtualizer = useWindowVirtualizer({
    count: flags.length,
    estimateSize: () => (isNarrow ? 9.5 : 3.75) * rem,
    getItemKey: (index) => flags[index]?.key ?? index,
    overscan: OVERSCAN,
    scrollMargin: top,
    scrollPaddingStart: 6.5 * rem,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: sizes are others where the layout is another.
  useEffect(() => virtualizer.measure(), [isNarrow, rem]);
  useImperativeHandle(ref, () => ({
    move: (by) => {
      const focused = document.activeElement?.closest<HTMLElement>('[data-index]')?.dataset.index;
      const next = focused === undefined ? 0 : Number(focused) + by;
      const index = Math.max(0, Math.min(flags.length - 1, next));
      virtualizer.scrollToIndex(index);
      focusWhenThere(index);
    },
  }));
  const shown = isNarrow ? environments : environments.slice(-COLUMNS);
  const hidden = environments.length - shown.length;
  const isAll = flags.length > 0 && flags.every(({ key }) => selected.has(key));
  const rows = virtualizer.getVirtualItems().map(({ key, index, start }) => {
    const flag = flags[index];
    return (
      flag && (
        <FlagRow
          key={String(key)}
          flag={flag}
          index={index}
          isNarrow={isNarrow}
          now={now}
          onSelect={onSelect}
          environments={shown}
          isSelected={selected.has(flag.key)}
          start={start - top}
          onMeasure={virtualizer.measureElement}
        />
      )
    );
  });
  const height = { height: virtualizer.getTotalSize() };
  if (isNarrow) {
    return (
      <div className={classes.table} data-narrow>
        <ul ref={setBody} aria-label="Flags" className={classes.body} style={height}>
          {rows}
        </ul>
      </div>
    );
  }
  const sort = (to: FlagFilter['order'], label: string) => (
    <button type="button" className={classes.sort} aria-pressed={order === to} onClick={() => onOrder(to)}>
      {label}
      {order === to && <span aria-hidden>{to === 'key' ? '↑' : '↓'}</span>}
    </button>
  );
  return (
    <table
      className={classes.table}
      aria-label="Flags"
      aria-rowcount={flags.length + 1}
      style={{ '--environments': shown.length } as React.CSSProperties}
    >
      <thead className={classes.head}>
        <tr aria-rowindex={1} className={classes.contents}>
          <th scope="col">
            <label className={classes.check}>
              <input
                type="checkbox"
                aria-label={`Select all ${flags.length} flags`}
                checked={isAll}
                onChange={onSelectAll}
              />
            </label>
          </th>
          <th scope="col">{sort('key', 'Flag')}</th>
          {shown.map(({ key, name }, index) => (
            <th key={key} scope="col" className={classes.when} title={shownText(name || key)}>
              {shownText(name || key)}
              {index === 0 && hidden > 0 && <span title={`${hidden} more on the flag's page`}> (+{hidden})</span>}
            </th>
          ))}
          <th scope="col">{sort('changed', 'Last change')}</th>
          <th scope="col">{sort('evaluated', 'Evaluated')}</th>
        </tr>
      </thead>
      <tbody ref={setBody} className={classes.body} style={height}>
        {rows}
      </tbody>
    </table>
  );
}

/** A row is drawn a frame or two after it has been scrolled to. */
function focusWhenThere(index: number, tries = 10): void {
  const link = document.querySelector<HTMLElement>(`[data-flag-link="${index}"]`);
  if (link) link.focus({ preventScroll: true });
  else if (tries > 0) requestAnimationFrame(() => focusWhenThere(index, tries - 1));
}

/** Sizes follow the letters: who reads with large ones has larger lines. */
function useRem(): number {
  const [rem] = useState(() => Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16);
  return rem;
}

function useMinutes(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), MINUTE_MS);
    return () => clearInterval(timer);
  }, []);
  return now;
}
