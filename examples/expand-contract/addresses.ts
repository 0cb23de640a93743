/** The address of a user, kept in two places: how version 2 reads and writes either. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Run } from '@dimmer/node';
import type Database from 'better-sqlite3';
import type { Address } from './users-api.ts';

/** An address, or none, and which write it is of. */
interface Kept {
  readonly address: Address | null;
  readonly version: number;
  readonly inShadow: boolean;
}

interface Write {
  readonly id: number;
  readonly address: Address | null;
  /** The ticket that was taken for it. */
  readonly version: number;
}

interface Row {
  readonly street: string | null;
  readonly city: string;
  readonly version: number;
  readonly ticket: number;
}

/** For how long a shadow waits for a write that is under way: so many looks, so far apart. */
const LOOKS = 50;
const BETWEEN_LOOKS_MS = 20;

const READ_OLD =
  'SELECT street, city, address_version AS version, address_ticket AS ticket FROM users WHERE users.id = ?';
const READ_NEW = `
  SELECT street, city, coalesce(version, 0) AS version, address_ticket AS ticket
  FROM (SELECT id, address_ticket FROM users WHERE id = ?) LEFT JOIN addresses ON user_id = id AND kind = 'home'`;
const WRITE_OLD = `
  UPDATE users SET street = @street, city = @city, address_version = @version
  WHERE id = @id AND address_version < @version`;
const WRITE_NEW = `
  INSERT INTO addresses (user_id, kind, street, city, version) VALUES (@id, 'home', @street, @city, @version)
  ON CONFLICT DO UPDATE SET street = excluded.street, city = excluded.city, version = excluded.version
  WHERE excluded.version > version`;

/** Both places as a migration takes them. Prepared when they are needed: in the end the old columns are no more. */
export function addressesIn(database: Database.Database) {
  const reader = (sql: string) => async (run: Run<number>) => {
    for (let look = 1; ; look++) {
      const row = database.prepare<[number], Row>(sql).get(run.input);
      if (!row) throw new Error(`There is no user ${run.input}.`);
      const { street, city, version, ticket } = row;
      // Nobody waits for a shadow. If a write has been to one place and not yet to the other, it looks again.
      if (!run.inShadow || version >= ticket || look === LOOKS) {
        return { address: street === null ? null : { street, city }, version, inShadow: run.inShadow };
      }
      await delay(BETWEEN_LOOKS_MS);
    }
  };
  const writer = (sql: string) => {
    return ({ input: { id, address, version } }: Run<Write>) => {
      const { street = null, city = null } = address ?? {};
      database.prepare(sql).run({ id, street, city, version });
    };
  };
  return {
    read: { old: reader(READ_OLD), new: reader(READ_NEW) },
    write: { old: writer(WRITE_OLD), new: writer(WRITE_NEW) },
    compare: areAlike,
  };
}

/** The shadow reads later, so it may know of a later write. What it must not is know less, or of the same write something else. */
function areAlike(old: Kept, renewed: Kept): boolean {
  const [answer, shadow] = old.inShadow ? [renewed, old] : [old, renewed];
  if (shadow.version !== answer.version) return shadow.version > answer.version;
  return shadow.address?.street === answer.address?.street && shadow.address?.city === answer.address?.city;
}
