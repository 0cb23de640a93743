const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** How long something takes or took, as exactly as anybody wants it: `38 ms`, `1.4 s`, `3 min 5 s`, `2 d 4 h`. */
export function formatDuration(ms: number): string {
  if (ms < SECOND_MS) return `${Math.round(ms)} ms`;
  if (ms < MINUTE_MS) return `${Number((ms / SECOND_MS).toFixed(ms < 10 * SECOND_MS ? 1 : 0))} s`;
  if (ms < HOUR_MS) return both(ms, MINUTE_MS, 'min', SECOND_MS, 's');
  if (ms < DAY_MS) return both(ms, HOUR_MS, 'h', MINUTE_MS, 'min');
  return both(ms, DAY_MS, 'd', HOUR_MS, 'h');
}

function both(ms: number, large: number, largeName: string, small: number, smallName: string): string {
  const rest = Math.floor((ms % large) / small);
  return `${Math.floor(ms / large)} ${largeName}${rest > 0 ? ` ${rest} ${smallName}` : ''}`;
}
