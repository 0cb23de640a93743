/** Figures as people read them. */

/** 12,345 */
export function count(number: number): string {
  return number.toLocaleString('en-US');
}

/** 0.31 %, 12 %, 0.002 %; a dash if there is none. */
export function percent(rate: number | null): string {
  if (rate === null) return '–';
  const hundredfold = rate * 100;
  if (hundredfold === 0 || Math.abs(hundredfold) >= 99.95) return `${hundredfold.toFixed(0)} %`;
  return `${Number(hundredfold.toPrecision(Math.abs(hundredfold) < 10 ? 2 : 3))} %`;
}

/** 12.3 ms, 0.042 ms, 1,234 ms; a dash if there is none. */
export function ms(time: number | undefined): string {
  if (time === undefined) return '–';
  const digits = time >= 1_000 ? Math.round(time) : Number(time.toPrecision(3));
  return `${digits.toLocaleString('en-US', { maximumFractionDigits: 4 })} ms`;
}
