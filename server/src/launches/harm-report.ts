import type { Hold } from './hold.ts';
import { type Quantiles, quantilesOf } from './path-report.ts';
import { Room } from './room.ts';
import { evidenceOfHarm, showsHarm } from './switchback-evidence.ts';
import { type Switchback, SwitchbackFigures } from './switchback-figures.ts';

/** JSON has no infinity, and more than this nobody compares. */
const MOST_EVIDENCE = 1e12;

/** Whether callers wait longer because of the shadows. */
export interface HarmReport {
  /** Pairs of windows in which control was slower, or faster, in the window with shadows. */
  readonly worse: number;
  readonly better: number;
  /** How many times as likely that is if shadows make callers wait as if they do not, at its highest. */
  readonly evidence: number;
  /** Whether that is enough to say so: at 100 there is 1 % of false alarms, however often one looks. */
  readonly seen: boolean;
  /**
   * Pairs in which control was longer on average by more than 5 % and 0.1 ms, of those that say; `seen`: that is shown,
   * with 1 % of false alarms. Nothing is stopped for it.
   */
  readonly slight: { readonly longer: number; readonly of: number; readonly seen: boolean };
  /** Control's latency in windows with shadows and without, ms. */
  readonly withMs: Quantiles | null;
  readonly withoutMs: Quantiles | null;
  /** Percent of the calls that may have a shadow at present: in the process that lets the fewest in, and the most. */
  readonly sharePercent: { readonly low: number; readonly high: number };
  /** How often processes have stopped their shadows because callers were slower with them. */
  readonly stops: number;
  /** The lowest share at which that was seen last, percent; null: it was not seen. */
  readonly harmedAtPercent: number | null;
  /** How many shadows the servers let in at most, by the figures of all processes together; null: as many as each process does. */
  readonly hold: Hold | null;
}

/** Gathers a report from the switchbacks of all processes, minute by minute. */
export class HarmRecord {
  readonly #figures = new SwitchbackFigures();
  readonly #room = new Room(Number.POSITIVE_INFINITY);
  #minute = Number.NEGATIVE_INFINITY;
  #evidence = 1;
  #evidenceOfSlight = 1;

  /** Minutes must come in their order: the highest evidence at the end of any of them counts. */
  add(minute: number, switchback: Switchback | undefined): void {
    if (!switchback) return;
    if (minute !== this.#minute) this.#look();
    this.#minute = minute;
    this.#figures.add(switchback, this.#room);
  }

  /**
   * `null`: no process has said anything of it.
   *
   * @param hold how it is held at present
   */
  report(hold?: Hold): HarmReport | null {
    const { worse, better, longer, notLonger, stops, share, harmedAt, ...figures } = this.#figures;
    if (!share) return null;
    this.#look();
    return {
      worse,
      better,
      evidence: this.#evidence,
      seen: showsHarm(this.#evidence),
      slight: { longer, of: longer + notLonger, seen: showsHarm(this.#evidenceOfSlight) },
      withMs: quantilesOf(figures.with),
      withoutMs: quantilesOf(figures.without),
      sharePercent: { low: share.low, high: share.high },
      stops,
      harmedAtPercent: harmedAt?.low ?? null,
      hold: hold ?? null,
    };
  }

  #look(): void {
    const { worse, better, longer, notLonger } = this.#figures;
    this.#evidence = Math.min(MOST_EVIDENCE, Math.max(this.#evidence, evidenceOfHarm(worse, better)));
    this.#evidenceOfSlight = Math.max(this.#evidenceOfSlight, evidenceOfHarm(longer, notLonger));
  }
}
