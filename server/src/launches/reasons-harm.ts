import { count, ms, percent } from './figures.ts';
import type { HarmReport } from './harm-report.ts';
import { rateOf } from './intervals.ts';
import type { Figures, Reason } from './reason.ts';

/** Callers are slower while shadows run: live, all of them would be. */
export function harming({ harm }: Figures): Reason[] {
  if (!harm) return [];
  const pairs = harm.worse + harm.better;
  const isLikely = rateOf(harm.worse, pairs).low > 0.5;
  if (!harm.seen && !harm.hold && !(harm.stops > 0 && isLikely)) return [];
  return [{ code: 'HARM', sentence: `${harmFigures(harm)}: ${heldText(harm)}.` }];
}

function harmFigures({ worse, better, withMs, withoutMs }: HarmReport): string {
  const most = (['p99', 'p95', 'p50'] as const)
    .map((name) => ({ name, slow: withMs?.[name] ?? 0, usual: withoutMs?.[name] ?? 0 }))
    .filter(({ slow, usual }) => usual > 0 && slow > usual)
    .sort((one, other) => other.slow / other.usual - one.slow / one.usual)[0];
  const pairs = `slower with them in ${count(worse)} of ${count(worse + better)} pairs of windows`;
  if (!most) return `control is slower while shadows run (${pairs})`;
  return `control's ${most.name} is ${percent(most.slow / most.usual - 1)} longer while shadows run (${ms(most.slow)}, else ${ms(most.usual)}; ${pairs})`;
}

/** What callers pay on average where that is shown, and too little to be stopped for; '' if it is not. */
export function slightText(harm: HarmReport | null): string {
  if (!harm?.slight.seen || harm.seen || harm.hold) return '';
  const { slight, withMs, withoutMs } = harm;
  const pairs = `in ${count(slight.longer)} of ${count(slight.of)} pairs of windows by more than 5 %`;
  const [slow, usual] = [withMs?.p50 ?? 0, withoutMs?.p50 ?? 0];
  const median = slow > usual && usual > 0 ? `: at the median ${ms(slow)}, else ${ms(usual)}` : '';
  return `control is slower on average while shadows run, too little to hold them back (${pairs}${median})`;
}

/** How many shadows are let in now, and what became of them before. */
export function heldText({ sharePercent: { low, high }, stops, harmedAtPercent, hold }: HarmReport): string {
  if (hold) {
    const most = hold.sharePercent > 0 ? `at ${figure(hold.sharePercent)} % at most` : 'back, all of them,';
    return `shadows are held ${most} in every process, by what all of them show together`;
  }
  const share = low === high ? `${figure(high)} %` : `${figure(low)} to ${figure(high)} %, by process`;
  const held = low >= 100 ? 'shadows are let in for all calls at present' : `shadows are held at ${share}`;
  const stopped = stops > 0 ? `, after they were stopped ${stops === 1 ? 'once' : `${count(stops)} times`}` : '';
  return `${held}${stopped}${harmedAtPercent === null ? '' : `, last at ${figure(harmedAtPercent)} %`}`;
}

function figure(number: number): string {
  return String(Number(number.toPrecision(2)));
}
