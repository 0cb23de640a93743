/** What is priced, and what a price is. */

export interface Line {
  readonly article: string;
  readonly quantity: number;
}

export interface Basket {
  readonly currency: Currency;
  readonly lines: readonly Line[];
}

export type Currency = 'EUR' | 'USD' | 'JPY';

/** In units of the currency, not in cents. */
export interface Price {
  readonly currency: Currency;
  readonly lines: readonly { readonly article: string; readonly amount: number }[];
  readonly total: number;
}

/** Asks prices of articles in euros, in one call. */
export type PriceList = (articles: readonly string[]) => Promise<readonly number[]>;

/** Prices a basket. */
export type Engine = (basket: Basket, priceList: PriceList) => Promise<Price>;

export const RATES: { readonly [currency in Currency]: number } = { EUR: 1, USD: 1.0825, JPY: 163.27 };
