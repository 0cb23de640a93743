import type { DimmerClient } from '@dimmer/node';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import type { BackOffice } from './back-office.ts';
import { CUSTOMERS, decideWall, FLAG } from './customers.ts';
import type { PageFiles } from './page-files.ts';
import { isOneRevision, type NodeWall } from './setting.ts';

/** How long the wall waits for the service's replica to reach the id that the page has already seen. */
const REACH_TIMEOUT_MS = 1_000;

interface Parts {
  /** The service's own SDK client: every decision below is made by it, in this process. */
  readonly flags: DimmerClient;
  readonly office: BackOffice;
  readonly page: PageFiles;
  /** Where the page's SDK connects; the page may speak to nobody else but the shop. */
  readonly dimmerUrl: string;
  /** Called each time somebody opens the page. */
  readonly onVisit: () => void;
  /** Sets the share, for the slider of the page; false if it could not be done. */
  readonly setShare: (percent: number) => Promise<boolean>;
}

/** A lamp shop: a page, a checkout that has an old and a new way, and the service's view of the wall. */
export function createShop({ flags, office, page, dimmerUrl, onVisit, setShare }: Parts): Hono {
  const shop = new Hono();
  shop.use(
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'"],
        connectSrc: ["'self'", dimmerUrl],
        baseUri: ["'none'"],
        formAction: ["'none'"],
      },
    }),
  );

  shop.get('/', (c) => {
    onVisit();
    return c.html(page.html);
  });
  shop.get('/page.js', (c) => c.body(page.script, 200, { 'Content-Type': 'text/javascript; charset=utf-8' }));
  shop.get('/page.css', (c) => c.body(page.style, 200, { 'Content-Type': 'text/css; charset=utf-8' }));
  shop.get('/icon.svg', (c) => c.body(page.icon, 200, { 'Content-Type': 'image/svg+xml' }));

  shop.get('/api/wall', async (c) => {
    await reach(flags, c.req.query('id'));
    const lit = decideWall((customer) => flags.isEnabled(FLAG, { targetingKey: customer }));
    const { id } = flags.status();
    return c.json({ id, lit, setting: await office.setting().catch(() => null) } satisfies NodeWall);
  });

  // With this method and type a page of somebody else would have to ask first, and is not answered.
  shop.put('/api/share', async (c) => {
    if (!c.req.header('content-type')?.startsWith('application/json')) return c.json({ error: 'Send JSON.' }, 415);
    const percent = (await c.req.json<{ percent?: unknown } | null>().catch(() => null))?.percent;
    if (typeof percent !== 'number' || !(percent >= 0 && percent <= 100)) {
      return c.json({ error: 'percent: a number from 0 to 100, please.' }, 400);
    }
    return (await setShare(percent)) ? c.json({ percent }) : c.json({ error: 'The server cannot be reached.' }, 502);
  });

  shop.get('/api/customers/:customer/checkout', (c) => {
    const customer = c.req.param('customer');
    if (!CUSTOMERS.includes(customer)) return c.json({ error: 'No such customer.' }, 404);
    const { value, reason } = flags.evaluate(FLAG, false, { targetingKey: customer });
    return c.json({ checkout: value ? 'new' : 'classic', reason });
  });

  shop.post('/api/customers/:customer/orders', (c) => {
    const customer = c.req.param('customer');
    if (!CUSTOMERS.includes(customer)) return c.json({ error: 'No such customer.' }, 404);
    const message = flags.isEnabled(FLAG, { targetingKey: customer })
      ? 'Ordered and paid, in one step.'
      : 'In the basket. Next: your address, then payment.';
    return c.json({ message });
  });

  return shop;
}

/** A shop that is open. */
export interface Listening {
  readonly url: string;
  close(): Promise<void>;
}

/** Listens on the loopback; resolves when it does. @throws Error if the port is taken. */
export function listen(shop: Hono, port: number): Promise<Listening> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: shop.fetch, hostname: '127.0.0.1', port }, (address) => {
      resolve({
        url: `http://127.0.0.1:${address.port}`,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed());
            if ('closeAllConnections' in server) server.closeAllConnections();
          }),
      });
    });
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE';
      reject(taken ? new Error(`Port ${port} is taken. Choose another by PORT, or leave PORT out.`) : error);
    });
  });
}

/** Resolves when the client's replica is at the revision of `id`, or after a second, whichever is first. */
function reach(flags: DimmerClient, id: string | undefined): Promise<void> {
  if (!id || isOneRevision(flags.status().id, id)) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(done, REACH_TIMEOUT_MS);
    const unsubscribe = flags.on('change', (change) => {
      if (isOneRevision(change.id, id)) done();
    });
    function done(): void {
      clearTimeout(timer);
      unsubscribe();
      resolve();
    }
  });
}
