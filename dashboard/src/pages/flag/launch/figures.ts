/** A rate of 0–1 as a percentage, as exact as it is worth; `–`: not known. */
export function formatRate(rate: number | null): string {
  if (rate === null) return '–';
  const percent = 100 * rate;
  if (percent === 0 || percent === 100) return `${percent} %`;
  return `${percent < 0.1 ? percent.toPrecision(1) : percent.toFixed(percent < 10 ? 2 : 1)} %`;
}

/** Milliseconds, to three figures; `–`: not known. */
export function formatMs(ms: number | undefined): string {
  if (ms === undefined) return '–';
  if (ms >= 10_000) return `${(ms / 1_000).toFixed(1)} s`;
  return `${Number(ms.toPrecision(3))} ms`;
}
