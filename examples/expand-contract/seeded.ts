/** What the load begins with: users, and chance that is the same at each run. */
import type Database from 'better-sqlite3';
import type { Oracle } from './oracle.ts';

/** Writes users who are there before anybody asks. @returns their ids. */
export function seed(database: Database.Database, users: number, oracle: Oracle): number[] {
  const insert = database.prepare('INSERT INTO users (name, street, city) VALUES (?, ?, ?)');
  const ids = Array.from({ length: users }, (_, index) => index + 1);
  database.transaction(() => {
    for (const id of ids) {
      // Some have never said where they live.
      const address = id % 20 === 0 ? null : { street: `${id} Old Street`, city: 'Oldtown' };
      insert.run(`user ${id}`, address?.street ?? null, address?.city ?? null);
      oracle.joined(id, `user ${id}`, address);
    }
  })();
  return ids;
}

/** Numbers from 0 to 1 that are the same at each run: mulberry32, by Tommy Ettinger, in the public domain. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
