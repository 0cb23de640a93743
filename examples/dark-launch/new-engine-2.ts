/** The new price engine, second try: asks the price list once, and rounds as the currency does. */
import { type Currency, type Engine, RATES } from './basket.ts';

export const newEngine: Engine = async ({ currency, lines }, priceList) => {
  const prices = await priceList(lines.map(({ article }) => article));
  const priced = lines.map(({ article, quantity }, index) => {
    return { article, amount: round((prices[index] ?? 0) * quantity * RATES[currency], currency) };
  });
  return {
    currency,
    lines: priced,
    total: round(
      priced.reduce((sum, { amount }) => sum + amount, 0),
      currency,
    ),
  };
};

function round(amount: number, currency: Currency): number {
  const { maximumFractionDigits } = digitsOf[currency].resolvedOptions();
  return Number(amount.toFixed(maximumFractionDigits));
}

const digitsOf: { readonly [currency in Currency]: Intl.NumberFormat } = {
  EUR: new Intl.NumberFormat('en', { style: 'currency', currency: 'EUR' }),
  USD: new Intl.NumberFormat('en', { style: 'currency', currency: 'USD' }),
  JPY: new Intl.NumberFormat('en', { style: 'currency', currency: 'JPY' }),
};
