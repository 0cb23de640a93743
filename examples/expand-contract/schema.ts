/** The database and its three shapes: before, while both versions of the service are there, and after. */
import Database from 'better-sqlite3';

/** Opens it; several processes do. Who finds it locked waits. */
export function openDatabase(file: string): Database.Database {
  const database = new Database(file, { timeout: 5_000 });
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = NORMAL');
  return database;
}

/** One address each, in the users table. */
export const BEFORE = 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, street TEXT, city TEXT)';

/**
 * Only adds, so that version 1 does not notice.
 *
 * Two writers of one user may reach the old columns in one order and the new table in the other; then the two would
 * differ for ever. So each write takes a ticket first, and neither side takes a write with a lower ticket than it has.
 *
 * Version 1 takes no tickets and does not know the new table: triggers do both for it. They leave version 2 alone, which
 * never writes the old columns without `address_version`.
 */
export const EXPAND = `
  -- The last ticket that was taken, and the one of the write that stands in the old columns.
  ALTER TABLE users ADD COLUMN address_ticket INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE users ADD COLUMN address_version INTEGER NOT NULL DEFAULT 0;

  -- An address that was removed leaves its row, without a street: a write that comes late must find the higher version.
  CREATE TABLE addresses (
    user_id INTEGER NOT NULL REFERENCES users (id),
    kind TEXT NOT NULL,
    street TEXT,
    city TEXT,
    version INTEGER NOT NULL,
    PRIMARY KEY (user_id, kind)
  ) WITHOUT ROWID;

  CREATE TABLE backfills (name TEXT PRIMARY KEY, cursor TEXT);

  CREATE TRIGGER version_1_joins AFTER INSERT ON users WHEN NEW.street IS NOT NULL BEGIN ${takeTicketAndCopy()} END;
  CREATE TRIGGER version_1_moves AFTER UPDATE OF street, city ON users
    WHEN NEW.address_version = OLD.address_version BEGIN ${takeTicketAndCopy()} END;
`;

/** Takes away what only version 1 and the way back needed. */
export const CONTRACT = `
  DROP TRIGGER version_1_joins;
  DROP TRIGGER version_1_moves;
  ALTER TABLE users DROP COLUMN street;
  ALTER TABLE users DROP COLUMN city;
  ALTER TABLE users DROP COLUMN address_version;
  DROP TABLE backfills;
`;

/**
 * Copies the address of a user from the old columns, unless the new table has it, or a newer one. One statement, and so
 * one transaction: nothing can be written in between.
 */
export function copyOf(user: string): string {
  return `
    INSERT INTO addresses (user_id, kind, street, city, version)
    SELECT id, 'home', street, city, address_version FROM users WHERE id = ${user}
    ON CONFLICT DO UPDATE SET street = excluded.street, city = excluded.city, version = excluded.version
    WHERE excluded.version > version;`;
}

function takeTicketAndCopy(): string {
  return `
    UPDATE users SET address_ticket = address_ticket + 1, address_version = address_ticket + 1 WHERE id = NEW.id;
    ${copyOf('NEW.id')}`;
}

/** Users of whom both sides have the same version of the address, and not the same address. There must never be one. */
export const DIFFERENT = `
  SELECT count(*) AS count FROM users LEFT JOIN addresses ON user_id = id AND kind = 'home'
  WHERE address_version = coalesce(version, 0)
  AND (users.street IS NOT addresses.street OR users.city IS NOT addresses.city)`;

/** Users of whom one side is behind the last ticket: only while a write is under way, once the backfill is through. */
export const BEHIND = `
  SELECT id, address_ticket FROM users LEFT JOIN addresses ON user_id = id AND kind = 'home'
  WHERE address_version < address_ticket OR coalesce(version, 0) < address_ticket`;
