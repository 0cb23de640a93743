import { Tooltip } from '@mantine/core';
import { useEffect, useState } from 'react';
import { clockText } from '../sentences/clock-text.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** What the server's clock may be ahead of this one. */
const SKEW_MS = 5_000;

const exact = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'long' });
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto', style: 'short' });

/**
 * A time as people say it, and by calendar and clock in the reader's zone: on a telephone nothing hovers. The exact instant
 * on hover and focus.
 */
export function Instant({ at }: { /** Ms since 1970. */ readonly at: number }) {
  useMinutes();
  const now = Date.now();
  const date = new Date(at);
  return (
    <Tooltip label={`${exact.format(date)} · ${date.toISOString()}`} events={{ hover: true, focus: true, touch: true }}>
      <time dateTime={date.toISOString()}>{[agoOf(at, now), clockText(at, now)].filter(Boolean).join(', ')}</time>
    </Tooltip>
  );
}

/** E.g. `just now`, `5 min. ago`, `yesterday`; '' where the date says it better. */
function agoOf(at: number, now: number): string {
  const age = now - at;
  const ahead = Math.abs(age);
  if (ahead < MINUTE_MS) return age > -SKEW_MS ? 'just now' : 'in a moment';
  if (ahead < HOUR_MS) return relative.format(-Math.trunc(age / MINUTE_MS), 'minute');
  if (ahead < DAY_MS) return relative.format(-Math.trunc(age / HOUR_MS), 'hour');
  if (ahead < 30 * DAY_MS) return relative.format(-Math.trunc(age / DAY_MS), 'day');
  return '';
}

/** Renders again every half minute. */
function useMinutes(): void {
  const [, setTick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setTick((tick) => tick + 1), MINUTE_MS / 2);
    return () => clearInterval(timer);
  }, []);
}
