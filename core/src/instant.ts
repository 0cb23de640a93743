const INSTANT = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

/**
 * Milliseconds since 1970 from an RFC 3339 date-time with a zone, or from a finite number, which is already that.
 * Fractions of a millisecond are cut off. Undefined for anything else: no zone, no such day, hour 24, second 60.
 *
 * Engines accept different things in `Date.parse` (V8 takes 30 February), so only the form that all agree on is handed
 * to it, and the day must come back unchanged.
 */
export function parseInstant(value: unknown): number | undefined {
  if (typeof value !== 'string') return Number.isFinite(value) ? (value as number) : undefined;
  const [, local = '', fraction = '', zone] = INSTANT.exec(value.toUpperCase()) ?? [];
  if (!new Date(`${local}Z`).toJSON()?.startsWith(local)) return undefined;
  return Date.parse(`${local}${fraction.slice(0, 4)}${zone}`);
}
