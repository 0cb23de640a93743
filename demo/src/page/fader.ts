import { element } from './element.ts';

/** The marks on the fader, evenly spaced: on a linear scale 0 and 1 % would be one point. */
const MARKS = [0, 1, 10, 50, 100] as const;

/** Where a hand or an arrow key may let it rest, between one mark and the next. */
const STOPS_PER_MARK = 10;

/** While somebody drags, the flag is changed so often at most: each change stands in its history. */
const SEND_EVERY_MS = 150;

/**
 * The slider. It stands where the flag stands, and not where a hand has left it: what is asked for goes to the back
 * office, and comes back by the SDK like anybody else's change.
 */
export class Fader {
  readonly #fader = element('fader', HTMLElement);
  readonly #range = element('range', HTMLInputElement);
  readonly #send: (percent: number) => Promise<unknown>;
  #shown = 0;
  #wanted: number | undefined;
  #isSending = false;

  /** @param send asks for a share; never rejects */
  constructor(send: (percent: number) => Promise<unknown>) {
    this.#send = send;
    this.#range.max = String((MARKS.length - 1) * STOPS_PER_MARK);
    this.#range.addEventListener('input', () => {
      this.#wanted = percentAt(this.#range.valueAsNumber / STOPS_PER_MARK);
      this.#range.ariaValueText = `${this.#wanted} %`;
      if (!this.#isSending) void this.#sendWanted();
    });
  }

  show(percent: number): void {
    this.#shown = percent;
    const level = levelOf(percent);
    this.#fader.style.setProperty('--at', String(level / (MARKS.length - 1)));
    for (const [index, mark] of [...this.#fader.querySelectorAll('li')].entries()) {
      mark.dataset.reached = String(percent > 0 && index <= level + 0.001);
    }
    if (!this.#isSending) this.#rest();
  }

  /** One at a time, and of what was asked for meanwhile only the last. */
  async #sendWanted(): Promise<void> {
    this.#isSending = true;
    while (this.#wanted !== undefined) {
      const percent = this.#wanted;
      this.#wanted = undefined;
      const isDone = await this.#send(percent);
      if (!isDone) this.#wanted = undefined;
      await new Promise((resolve) => setTimeout(resolve, SEND_EVERY_MS));
    }
    this.#isSending = false;
    this.#rest();
  }

  #rest(): void {
    this.#range.value = String(Math.round(levelOf(this.#shown) * STOPS_PER_MARK));
    this.#range.ariaValueText = `${this.#shown} %`;
  }
}

/** At which mark a percentage stands: 0 at the first, 1 at the second, 1.5 between that and the third. */
function levelOf(percent: number): number {
  const next = MARKS.findIndex((mark) => mark >= percent);
  if (next <= 0) return 0;
  const low = MARKS[next - 1] ?? 0;
  const high = MARKS[next] ?? 100;
  return next - 1 + (percent - low) / (high - low);
}

/** The other way round, to a tenth of a percent. */
function percentAt(level: number): number {
  const below = Math.min(Math.floor(level), MARKS.length - 2);
  const low = MARKS[below] ?? 0;
  const high = MARKS[below + 1] ?? 100;
  return Math.round((low + (level - below) * (high - low)) * 10) / 10;
}
