/** Version 1: one address each, in the users table. It was written before anybody thought of a migration. */
import { getRequestListener } from '@hono/node-server';
import { serve } from '../scenery/serve.ts';
import { openDatabase } from './schema.ts';
import { type Address, usersApi } from './users-api.ts';

interface Row {
  readonly name: string;
  readonly street: string | null;
  readonly city: string;
}

const database = openDatabase(process.env.DATABASE ?? '');
const insert = database.prepare<[string, string | null, string | null]>(
  'INSERT INTO users (name, street, city) VALUES (?, ?, ?)',
);
const select = database.prepare<[number], Row>('SELECT name, street, city FROM users WHERE id = ?');
const rename = database.prepare<[string, number]>('UPDATE users SET name = ? WHERE id = ?');
const move = database.prepare<[string | null, string | null, number]>(
  'UPDATE users SET street = ?, city = ? WHERE id = ?',
);

const api = usersApi({
  async join(name: string, address: Address | null) {
    return Number(insert.run(name, address?.street ?? null, address?.city ?? null).lastInsertRowid);
  },
  async find(id) {
    const row = select.get(id);
    return row && { name: row.name, address: row.street === null ? null : { street: row.street, city: row.city } };
  },
  rename: (id, name) => rename.run(name, id).changes > 0,
  move: async (id, address) => move.run(address?.street ?? null, address?.city ?? null, id).changes > 0,
});

serve(getRequestListener(api.fetch));
