import { IS_TIMED } from './waiting.ts';

/** `short` is part of `npm test`; `long` is `npm run test:faults`. */
type FaultSize = 'short' | 'long';

/** What came of a fault. */
export interface FaultOutcome {
  /** What was done, with figures: `500 kills, 12,034 writes acknowledged`. */
  readonly tried: string;
  /** What was acknowledged and is gone, or is there in part. */
  readonly lost: number;
  /** From the end of the fault until all is as before, the longest, ms. `null`: there is nothing to recover from. */
  readonly recoveredInMs: number | null;
  /** Everything that is not as promised, in words. Empty: the fault is survived. */
  readonly violations: readonly string[];
  /** Figures worth knowing. */
  readonly notes: readonly string[];
}

/** Something that goes wrong, done for real to a real server. */
export interface Fault {
  /** `F4` */
  readonly id: string;
  /** What is promised, as a sentence. */
  readonly sentence: string;
  /** Why it cannot be tried on this machine; `null` if it can. */
  readonly missing?: () => string | null;
  readonly run: (size: FaultSize, say: (line: string) => void) => Promise<FaultOutcome>;
}

/** What is not as promised, gathered while a fault lasts, so that one finding does not hide the others. */
export class Findings {
  readonly violations: string[] = [];
  readonly notes: string[] = [];
  readonly #seen = new Map<string, number>();

  /** Notes `otherwise` if something does not hold. The same sentence is kept three times at most. */
  expect(holds: boolean, otherwise: string): void {
    if (holds) return;
    const seen = this.#seen.get(otherwise) ?? 0;
    this.#seen.set(otherwise, seen + 1);
    if (seen < 3) this.violations.push(otherwise);
  }

  /** As `expect`, of how long something took: where times are not held it is only a note. */
  expectInTime(holds: boolean, otherwise: string): void {
    if (IS_TIMED) this.expect(holds, otherwise);
    else if (!holds) this.note(otherwise);
  }

  note(text: string): void {
    this.notes.push(text);
  }
}
