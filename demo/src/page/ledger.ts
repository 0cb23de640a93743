import type { Setting } from '../setting.ts';
import { element } from './element.ts';
import { delayText, effectivePercent } from './room.ts';

/** More lines would push the page. */
const LINES = 7;

/** The last changes as this page saw them, the newest first. */
export class Ledger {
  readonly #list = element('ledger', HTMLOListElement);
  #lastId = '';

  /** Adds a line; a change that is already there is not added again. */
  add(id: string, lit: number, setting: Setting, delayMs: number | null): void {
    if (id === this.#lastId) return;
    this.#lastId = id;
    const line = document.createElement('li');
    line.dataset.killed = String(Boolean(setting.killed));
    line.append(
      cell(setting.killed ? 'killed' : setting.on ? `${effectivePercent(setting)} %` : 'off'),
      cell(`${lit.toLocaleString('en')} lit`),
      cell(delayText(delayMs)),
    );
    this.#list.prepend(line);
    while (this.#list.children.length > LINES) this.#list.lastElementChild?.remove();
  }
}

function cell(text: string): HTMLElement {
  const node = document.createElement('span');
  node.textContent = text;
  return node;
}
