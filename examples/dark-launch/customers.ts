/** Customers with baskets, some of them large, in three currencies. They know what their basket costs. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Basket, Currency, Price } from './basket.ts';

const CUSTOMERS = 300;
const AT_ONCE = 6;
const PAUSE_MS = 12;
/** One basket in so many is large. */
const LARGE_EVERY = 20;
const CURRENCIES: readonly Currency[] = ['EUR', 'EUR', 'USD', 'EUR', 'JPY'];

export class Customers {
  requests = 0;
  failed = 0;
  /** Where the service is now: deploys move it. */
  url: string;
  /** Told of each price that a customer was given. */
  onPrice: (price: Price) => void = () => undefined;
  readonly #queues: readonly Promise<void>[];
  #isOver = false;

  constructor(url: string) {
    this.url = url;
    this.#queues = Array.from({ length: AT_ONCE }, (_, queue) => this.#queue(queue));
  }

  /** Waits until so many more requests have been answered. */
  async ask(more: number): Promise<void> {
    const enough = this.requests + more;
    while (this.requests < enough) await delay(20);
  }

  async leave(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#queues);
  }

  async #queue(queue: number): Promise<void> {
    for (let turn = queue; !this.#isOver; turn += AT_ONCE) {
      const customer = turn % CUSTOMERS;
      try {
        const answer = await fetch(`${this.url}/price`, {
          method: 'POST',
          headers: { 'X-Customer': `customer-${customer}` },
          body: JSON.stringify(basketOf(customer)),
        });
        if (!answer.ok) throw new Error(`answered ${answer.status}`);
        this.onPrice((await answer.json()) as Price);
      } catch {
        this.failed++;
      }
      this.requests++;
      await delay(PAUSE_MS);
    }
  }
}

function basketOf(customer: number): Basket {
  const size = customer % LARGE_EVERY === 0 ? 40 : 1 + (customer % 3);
  const currency = CURRENCIES[customer % CURRENCIES.length] ?? 'EUR';
  const lines = Array.from({ length: size }, (_, index) => {
    return { article: `a${customer * 7 + index}`, quantity: 1 + (index % 3) };
  });
  return { currency, lines };
}
