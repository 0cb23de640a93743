/** A service that prices baskets: the old engine answers, and the new one runs in its shadow as far as the flag says. */
import { setTimeout as delay } from 'node:timers/promises';
import { createClient } from '@dimmer/node';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { serve } from '../scenery/serve.ts';
import type { Basket, Engine, PriceList } from './basket.ts';
import { oldEngine } from './old-engine.ts';

const { DIMMER_URL = 'http://127.0.0.1:4400', DIMMER_KEY = '', VERSION = '1' } = process.env;

/** Another service, which takes its time for each call, however many articles are asked for. */
const PRICE_LIST_MS = 3;

const { newEngine }: { newEngine: Engine } = await (VERSION === '1'
  ? import('./new-engine-1.ts')
  : import('./new-engine-2.ts'));
const flags = createClient({ url: DIMMER_URL, key: DIMMER_KEY, application: 'prices', version: VERSION });

const priceList: PriceList = async (articles) => {
  await delay(PRICE_LIST_MS);
  return articles.map((article) => 1 + (Number.parseInt(article.slice(1), 10) % 97) / 7);
};

const api = new Hono();
api.post('/price', async (c) => {
  const basket = await c.req.json<Basket>();
  const price = await flags.launch(
    'price-engine',
    { targetingKey: c.req.header('X-Customer'), currency: basket.currency },
    {
      input: basket,
      control: ({ input }) => oldEngine(input, priceList),
      candidate: ({ input }) => newEngine(input, priceList),
      // Either only reads: the old one may run again, to see how often it differs from itself, and in the new one's shadow.
      repeatable: true,
      verify: true,
      noisePercent: 20,
      maxInFlight: 50,
    },
  );
  return c.json(price);
});

await flags.ready();
serve(getRequestListener(api.fetch), () => flags.close());
