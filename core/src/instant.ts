/**
 * Date, time and zone. RFC 3339, and what else ISO 8601 and the languages write: no seconds (`java.time`, pages), a zone
 * of hours or without a colon, a space for the `T`, a comma before the fraction, a name of the zone behind it (RFC 9557).
 */
const INSTANT =
  /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(?:(:\d\d)(?:[.,](\d+))?)?(?: ?(Z)| ?([+-](?:[01]\d|2[0-3]))(?::?([0-5]\d))?)(?:\[[^[\]]+\])*$/;

/** No way to write an instant is longer. */
const MAX_LENGTH = 100;

/**
 * Milliseconds since 1970 from a date-time with a zone, or from a finite number, which is already that. Fractions of a
 * millisecond are cut off. Undefined for anything else: no zone, no such day, hour 24, second 60.
 *
 * Engines accept different things in `Date.parse` (V8 takes 30 February), so only the form that all agree on is handed
 * to it, and the day must come back unchanged.
 */
export function parseInstant(value: unknown): number | undefined {
  const ms = typeof value === 'bigint' ? Number(value) : value;
  if (typeof ms !== 'string') return Number.isFinite(ms) ? (ms as number) : undefined;
  if (ms.length > MAX_LENGTH) return undefined;
  const [, date, time, seconds = ':00', fraction = '', utc, hours, minutes = '00'] =
    INSTANT.exec(ms.toUpperCase()) ?? [];
  const local = `${date}T${time}${seconds}`;
  if (!new Date(`${local}Z`).toJSON()?.startsWith(local)) return undefined;
  return Date.parse(`${local}.${fraction.slice(0, 3).padEnd(3, '0')}${utc ?? `${hours}:${minutes}`}`);
}
