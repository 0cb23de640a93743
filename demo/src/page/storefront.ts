import { CUSTOMERS } from '../customers.ts';
import { element } from './element.ts';

/** What the shop's service answers for one customer. */
interface Checkout {
  readonly checkout: 'new' | 'classic';
  readonly reason: string;
  readonly id: string;
}

const LOOKS = {
  new: { steps: ['one step: pay'], button: 'Buy now' },
  classic: { steps: ['basket', 'address', 'payment'], button: 'Add to basket' },
} as const;

/** The shop as one customer finds it. Which checkout that is, the Node service decides. */
export class Storefront {
  readonly #card = element('card', HTMLElement);
  readonly #steps = element('steps', HTMLOListElement);
  readonly #order = element('order', HTMLButtonElement);
  readonly #why = element('why', HTMLElement);
  readonly #picker = element('customer', HTMLInputElement);
  readonly #onChoose: (index: number) => void;
  #asked = 0;

  /** @param onChoose called with the place on the wall of a customer whom the visitor has picked by number. */
  constructor(onChoose: (index: number) => void) {
    this.#onChoose = onChoose;
    this.#picker.addEventListener('input', () => this.#pick());
    this.#order.addEventListener('click', () => void this.#placeOrder());
  }

  /** The place on the wall of the customer whose shop is shown. */
  get customer(): number {
    return Math.min(CUSTOMERS.length, Math.max(1, Math.round(Number(this.#picker.value) || 1))) - 1;
  }

  set customer(index: number) {
    this.#picker.value = String(index + 1);
  }

  /** Asks the service again and shows its answer; an older answer that comes late is dropped. */
  async refresh(): Promise<void> {
    const asked = ++this.#asked;
    const response = await fetch(`/api/customers/${CUSTOMERS[this.customer]}/checkout`).catch(() => undefined);
    if (asked !== this.#asked) return;
    if (!response?.ok) {
      this.#why.textContent = 'The shop does not answer.';
      return;
    }
    this.#show((await response.json()) as Checkout);
  }

  #show(answer: Checkout): void {
    const looks = LOOKS[answer.checkout];
    this.#card.dataset.checkout = answer.checkout;
    this.#steps.replaceChildren(
      ...looks.steps.map((step) => {
        const item = document.createElement('li');
        item.textContent = step;
        return item;
      }),
    );
    this.#order.textContent = looks.button;
    this.#why.textContent = `${answer.checkout === 'new' ? 'New' : 'Classic'} checkout, reason ${answer.reason}, decided by the Node service.`;
  }

  #pick(): void {
    this.#onChoose(this.customer);
    void this.refresh();
  }

  async #placeOrder(): Promise<void> {
    const path = `/api/customers/${CUSTOMERS[this.customer]}/orders`;
    const response = await fetch(path, { method: 'POST' }).catch(() => undefined);
    const answer = response?.ok ? ((await response.json()) as { message: string }) : undefined;
    this.#why.textContent = answer?.message ?? 'The shop does not answer.';
  }
}
