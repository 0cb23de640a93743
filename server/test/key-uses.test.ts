import { describe, expect, it } from 'vitest';
import { KeyUses } from '../src/keys/key-uses.ts';
import { silentLogger } from '../src/logger.ts';
import { SqliteDatabase } from '../src/store/sqlite/database.ts';
import { sqliteKeyUse } from '../src/store/sqlite/key-use-store.ts';

describe('When keys were last used', () => {
  it('is known at once, outlives the server, and never goes back', async () => {
    const database = SqliteDatabase.open(':memory:');
    const store = sqliteKeyUse(database);
    let now = 1_000;
    const open = () => new KeyUses({ store, now: () => now, logger: silentLogger });
    const first = open();
    first.used('a');
    expect(await first.lastUses(['a', 'b'])).toEqual(new Map([['a', 1_000]]));
    now = 2_000;
    first.used('a');
    await first.close();

    const second = open();
    expect(await second.lastUses(['a'])).toEqual(new Map([['a', 2_000]]));
    now = 1_500;
    second.used('a');
    expect(await second.lastUses(['a'])).toEqual(new Map([['a', 2_000]]));
    await second.flush();
    expect(await second.lastUses(['a'])).toEqual(new Map([['a', 2_000]]));
    await second.close();
    database.close();
  });

  it('is lost, and nothing else, while the database cannot be written', async () => {
    const store = {
      put: () => Promise.reject(new Error('full')),
      read: async () => [],
    };
    const uses = new KeyUses({ store, now: () => 1, logger: silentLogger });
    uses.used('a');
    await expect(uses.close()).resolves.toBeUndefined();
  });
});
