import type { DimmerClient } from '@dimmer/browser';
import type { Setting } from '../setting.ts';
import { element } from './element.ts';
import type { Fader } from './fader.ts';

type ConnectionState = ReturnType<DimmerClient['status']>['state'];

const CONNECTION_WORDS: Record<ConnectionState, string> = {
  connecting: 'connecting',
  live: 'connected',
  polling: 'no stream, asking from time to time',
  reconnecting: 'reconnecting; the last rules still decide',
  refused: 'refused; the last rules still decide',
  paused: 'paused while nobody looks, or nothing is connected',
  offline: 'not configured',
  closed: 'closed',
};

/** Everything on the page that is said in words and numbers about the flag as it stands. */
export class Room {
  readonly #percent = element('percent', HTMLOutputElement);
  readonly #fader: Fader;
  readonly #lit = element('lit', HTMLElement);
  readonly #delay = element('delay', HTMLElement);
  readonly #revision = element('revision', HTMLElement);
  readonly #hash = element('hash', HTMLElement);
  readonly #agreement = element('agreement', HTMLElement);
  readonly #disagreements = element('disagreements', HTMLElement);
  readonly #killed = element('killed', HTMLElement);
  readonly #spoken = element('spoken', HTMLElement);
  readonly #connection = element('connection', HTMLElement);

  constructor(fader: Fader) {
    this.#fader = fader;
  }

  /** Says how many are lit, and lets the light in. */
  showLit(count: number, total: number): void {
    this.#lit.textContent = count.toLocaleString('en');
    document.body.style.setProperty('--lit', String(count / total));
  }

  /** @param delayMs from the commit on the server to this page; `null` when the change is older than the page. */
  showChange(id: string, delayMs: number | null): void {
    const [revision = '–', hash = ''] = id.split('.');
    this.#revision.textContent = revision;
    this.#hash.textContent = hash;
    this.#delay.textContent = delayText(delayMs);
  }

  /** @param setting `null` while the server cannot be asked: then the share that is lit stands for it. */
  showSetting(setting: Setting | null, lit: number, total: number): void {
    const percent = setting ? effectivePercent(setting) : Math.round((lit / total) * 100);
    this.#percent.textContent = `${percent} %`;
    this.#fader.show(percent);
    const killed = setting?.killed;
    this.#killed.hidden = !killed;
    if (killed) this.#killed.replaceChildren(killedWord('Killed'), `${killed.reason} (by ${killed.by})`);
    document.body.dataset.killed = String(Boolean(killed));
    this.#spoken.textContent = killed
      ? `Killed: ${killed.reason}. Nobody has the new checkout.`
      : `Set to ${percent} %: ${lit} of ${total} customers have the new checkout.`;
  }

  /** @param count how many customers browser and Node service decide differently; absent while that is not known. */
  showDisagreements(count: number | undefined): void {
    this.#disagreements.textContent = count === undefined ? '–' : String(count);
    this.#agreement.dataset.agrees = count === undefined ? 'unknown' : count === 0 ? 'yes' : 'no';
  }

  showConnection(state: ConnectionState): void {
    this.#connection.dataset.state = state;
    this.#connection.textContent = CONNECTION_WORDS[state];
  }
}

/** What customers get of a setting: nothing, if it is off. */
export function effectivePercent(setting: Setting): number {
  return setting.on ? setting.percent : 0;
}

/** `3 ms`, `1.2 s`, `< 1 ms`, or a dash for a change that is older than the page. */
export function delayText(delayMs: number | null): string {
  if (delayMs === null) return '–';
  if (delayMs < 1) return '< 1 ms';
  return delayMs < 1_000 ? `${Math.round(delayMs)} ms` : `${(delayMs / 1_000).toFixed(1)} s`;
}

function killedWord(text: string): HTMLElement {
  const node = document.createElement('b');
  node.className = 'killed-word';
  node.textContent = text;
  return node;
}
