/** What both versions of the service answer to; they differ in where an address is kept. */
import { Hono } from 'hono';

export interface Address {
  readonly street: string;
  readonly city: string;
}

/** Where users are kept. */
export interface Users {
  /** @returns the new user's id. */
  join(name: string, address: Address | null): Promise<number>;
  find(id: number): Promise<{ readonly name: string; readonly address: Address | null } | undefined>;
  /** False if there is no such user. */
  rename(id: number, name: string): boolean;
  /** The same; without an address the one that there was is removed. */
  move(id: number, address: Address | null): Promise<boolean>;
}

export function usersApi(users: Users): Hono {
  const api = new Hono();
  const idOf = (id: string) => Number.parseInt(id, 10);

  api.post('/users', async (c) => {
    const { name, address } = await c.req.json<{ name: string; address: Address | null }>();
    return c.json({ id: await users.join(name, address) }, 201);
  });
  api.get('/users/:id', async (c) => {
    const user = await users.find(idOf(c.req.param('id')));
    return user ? c.json(user) : c.notFound();
  });
  api.patch('/users/:id', async (c) => {
    const { name } = await c.req.json<{ name: string }>();
    return users.rename(idOf(c.req.param('id')), name) ? c.body(null, 204) : c.notFound();
  });
  api.put('/users/:id/address', async (c) => {
    const address = await c.req.json<Address>();
    return (await users.move(idOf(c.req.param('id')), address)) ? c.body(null, 204) : c.notFound();
  });
  api.delete('/users/:id/address', async (c) => {
    return (await users.move(idOf(c.req.param('id')), null)) ? c.body(null, 204) : c.notFound();
  });
  return api;
}
