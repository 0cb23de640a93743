/** The price engine of today. Nobody likes it; it is right. */
import { type Basket, type Engine, type Price, type PriceList, RATES } from './basket.ts';

export const oldEngine: Engine = async ({ currency, lines }: Basket, priceList: PriceList): Promise<Price> => {
  const prices = await priceList(lines.map(({ article }) => article));
  // There is no such thing as half a yen.
  const digits = currency === 'JPY' ? 0 : 2;
  const priced = [];
  let total = 0;
  for (const [index, { article, quantity }] of lines.entries()) {
    const amount = Number(((prices[index] ?? 0) * quantity * RATES[currency]).toFixed(digits));
    priced.push({ article, amount });
    total += amount;
  }
  return { currency, lines: priced, total: Number(total.toFixed(digits)) };
};
