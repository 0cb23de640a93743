const INSTANT = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?(?:Z|([+-])([01]\d|2[0-3]):([0-5]\d))$/;

/**
 * Milliseconds since 1970 from an RFC 3339 date-time with a zone, or from a finite number, which is already that.
 * Fractions of a millisecond are cut off. Undefined for anything else: no zone, no such day, hour 24, second 60.
 *
 * Engines accept different things in `Date.parse` (V8 takes 30 February), so only the form that all agree on is handed
 * to it, and the day must come back unchanged.
 */
export function parseInstant(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  const found = typeof value === 'string' ? INSTANT.exec(value.toUpperCase()) : null;
  if (!found) return undefined;
  const [, local, fraction = '', sign, hours = '0', minutes = '0'] = found;
  const ms = Date.parse(`${local}Z`);
  if (Number.isNaN(ms) || !new Date(ms).toISOString().startsWith(local!)) return undefined;
  const offsetMs = (Number(hours) * 60 + Number(minutes)) * 60_000;
  return ms + Math.floor(Number(`0${fraction}`) * 1000) + (sign === '-' ? offsetMs : -offsetMs);
}
