const format = new Intl.NumberFormat(undefined, { maximumFractionDigits: 3 });

/** E.g. `12.5 %`: three decimals at most, as exact as a rollout is. Above nothing is never shown as nothing. */
export function formatPercent(percent: number): string {
  return `${format.format(percent)} %`;
}

/**
 * Reads what somebody typed: `12.5`, `12,5 %`.
 *
 * @returns 0 to 100 with three decimals at most, or what is wrong with it
 */
export function parsePercent(text: string): number | { readonly problem: string } {
  const cleaned = text.replace('%', '').replace(',', '.').trim();
  if (!/^\d{1,3}(\.\d*)?$|^\.\d+$/.test(cleaned)) return { problem: 'Write a number from 0 to 100, e.g. 12.5' };
  const percent = Number(cleaned);
  if (percent > 100) return { problem: 'At most 100' };
  if (/\.\d{4,}$/.test(cleaned)) return { problem: 'Three decimals at most: one in 100,000 is the smallest step' };
  return percent;
}
