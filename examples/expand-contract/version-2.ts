/** Version 2: addresses in a table of their own, reached by way of a migration flag, and several of them in the end. */

import { createClient } from '@dimmer/node';
import { getRequestListener } from '@hono/node-server';
import { serve } from '../scenery/serve.ts';
import { addressesIn } from './addresses.ts';
import { openDatabase } from './schema.ts';
import { type Address, usersApi } from './users-api.ts';

const { DIMMER_URL = 'http://127.0.0.1:4400', DIMMER_KEY = '', DATABASE = '' } = process.env;

const flags = createClient({ url: DIMMER_URL, key: DIMMER_KEY, application: 'users-version-2' });
const database = openDatabase(DATABASE);
const addresses = addressesIn(database);

const insert = database.prepare<[string]>('INSERT INTO users (name) VALUES (?)');
const select = database.prepare<[number], { name: string }>('SELECT name FROM users WHERE id = ?');
const rename = database.prepare<[string, number]>('UPDATE users SET name = ? WHERE id = ?');
const takeTicket = database.prepare<[number], { ticket: number }>(
  'UPDATE users SET address_ticket = address_ticket + 1 WHERE id = ? RETURNING address_ticket AS ticket',
);

/** Where the address of this user is read and written now. */
const addressOf = (id: number) =>
  flags.migration(
    'users-addresses',
    { targetingKey: id },
    {
      ...addresses,
      // Where nothing is known: on a first start without the server. It is moved along with the flag, deploy by deploy.
      defaultStage: 'off',
      // Both sides refuse a lower ticket than they have.
      key: false,
      // Reads by key take microseconds, so they may all be compared.
      maxPerMinute: 100_000,
      maxInFlight: 200,
      maxBusyPercent: 100,
      // One machine does all of this at once, so a shadow may hold up more than it should where people wait.
      maxBlockMs: 60_000,
      maxLagMs: 60_000,
      onDiverged: ({ input, error }) => process.stderr.write(`Diverged: user ${input.id}, ${error}\n`),
    },
  );

async function move(id: number, address: Address | null): Promise<boolean> {
  const taken = takeTicket.get(id);
  if (taken) await addressOf(id).write({ id, address, version: taken.ticket });
  return taken !== undefined;
}

const api = usersApi({
  move,
  async join(name, address) {
    const id = Number(insert.run(name).lastInsertRowid);
    if (address) await move(id, address);
    return id;
  },
  async find(id) {
    const row = select.get(id);
    return row && { name: row.name, address: (await addressOf(id).read(id)).address };
  },
  rename: (id, name) => rename.run(name, id).changes > 0,
});

/** What it was all for: more addresses than one. Only when the old columns, which could not hold them, are not needed. */
api.put('/users/:id/addresses/:kind', async (c) => {
  const { id, kind } = c.req.param();
  const { street, city } = await c.req.json<Address>();
  if (addressOf(Number(id)).stage !== 'complete') return c.text('One address only, for the moment.', 409);
  database
    .prepare(
      `INSERT INTO addresses (user_id, kind, street, city, version) VALUES (?, ?, ?, ?, 0)
       ON CONFLICT DO UPDATE SET street = excluded.street, city = excluded.city`,
    )
    .run(id, kind, street, city);
  return c.body(null, 204);
});
api.get('/users/:id/addresses', (c) => {
  const all = 'SELECT kind, street, city FROM addresses WHERE user_id = ? AND street IS NOT NULL ORDER BY kind';
  return c.json(database.prepare(all).all(c.req.param('id')));
});

await flags.ready();
serve(getRequestListener(api.fetch), () => flags.close());
