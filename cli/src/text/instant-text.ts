import { CommandProblem, EXIT } from './exit-codes.ts';
import { plain } from './output.ts';

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
const AGO = /^(\d{1,6})\s*([smhdw])$/i;
const DAY = /^(today|yesterday|\d{4}-\d{2}-\d{2})(?:[ T](\d{1,2}):(\d{2}))?$/i;
const TIME = /^(\d{1,2}):(\d{2})$/;
const WHOLE = /^(\d{1,15}|\d{4}-\d{2}-\d{2}T\S*(Z|[+-]\d{2}:\d{2}))$/i;

/**
 * An instant as people write it: `30m`, `2h`, `3d` ago; `today`, `yesterday`, `2026-11-20`, each with or without a time;
 * `09:30` of today; or as the API takes it, RFC 3339 with a zone or ms since 1970. Days and times without a zone are of
 * this computer's zone.
 *
 * @param now ms since 1970
 * @returns what the API takes
 * @throws CommandProblem if it is none of these
 */
export function instantText(text: string, now: number): string {
  const written = text.trim();
  if (WHOLE.test(written)) return written;
  const [, count, unit] = AGO.exec(written) ?? [];
  if (count && unit) return iso(now - Number(count) * (UNIT_MS[unit.toLowerCase()] as number));
  const [, day, ofDay, minuteOfDay] = DAY.exec(written) ?? [];
  if (day) return local(day.toLowerCase(), Number(ofDay ?? 0), Number(minuteOfDay ?? 0), now) ?? notAnInstant(text);
  const [, hour, minute] = TIME.exec(written) ?? [];
  if (hour && minute) return local('today', Number(hour), Number(minute), now) ?? notAnInstant(text);
  return notAnInstant(text);
}

/** `undefined`: there is no such day or time. */
function local(day: string, hour: number, minute: number, now: number): string | undefined {
  if (hour > 23 || minute > 59) return undefined;
  const at = new Date(now);
  if (day === 'yesterday') at.setDate(at.getDate() - 1);
  else if (day !== 'today') {
    const [year = 0, month = 0, date = 0] = day.split('-').map(Number);
    at.setFullYear(year, month - 1, date);
    if (at.getMonth() !== month - 1 || at.getDate() !== date) return undefined;
  }
  at.setHours(hour, minute, 0, 0);
  return at.toISOString();
}

function iso(ms: number): string {
  return new Date(Math.max(0, ms)).toISOString();
}

function notAnInstant(text: string): never {
  throw new CommandProblem(
    EXIT.usage,
    `"${plain(text).slice(0, 100)}" is no point in time.`,
    'Write e.g. 30m or 2h (ago), today, "yesterday 09:00", 2026-11-20, or 2026-11-20T03:00:00Z.',
  );
}
