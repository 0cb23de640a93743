import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** One row: where the log ends. Every commit moves it, and finds out here whether it was first. */
export const headTable = sqliteTable('head', {
  one: integer().primaryKey(),
  revision: integer().notNull(),
  hash: text().notNull(),
});

/** What is read of it. */
export const HEAD_COLUMNS = { revision: headTable.revision, hash: headTable.hash };

export const changesTable = sqliteTable(
  'changes',
  {
    revision: integer().primaryKey(),
    atMs: integer('at_ms').notNull(),
    actor: text().notNull(),
    command: text().notNull(),
    project: text(),
    environment: text(),
    subject: text().notNull(),
    reason: text(),
    prevHash: text('prev_hash').notNull(),
    hash: text().notNull(),
    seal: text(),
  },
  (table) => [index('changes_at').on(table.atMs), index('changes_project').on(table.project, table.revision)],
);

export const writesTable = sqliteTable(
  'writes',
  {
    revision: integer()
      .notNull()
      .references(() => changesTable.revision),
    position: integer().notNull(),
    kind: text().notNull(),
    id: text().notNull(),
    project: text(),
    environment: text(),
    version: integer().notNull(),
    body: text(),
  },
  (table) => [
    primaryKey({ columns: [table.revision, table.position] }),
    index('writes_document').on(table.kind, table.id, table.revision),
  ],
);

/** The newest write of each document, so that a start need not read the whole log. */
export const documentsTable = sqliteTable(
  'documents',
  {
    kind: text().notNull(),
    id: text().notNull(),
    project: text(),
    environment: text(),
    version: integer().notNull(),
    revision: integer()
      .notNull()
      .references(() => changesTable.revision),
    body: text(),
  },
  (table) => [primaryKey({ columns: [table.kind, table.id] })],
);

/** See `change-blocks.ts`. */
const blocksTable = sqliteTable('change_blocks', {
  block: integer().primaryKey(),
  leastMs: integer('least_ms').notNull(),
  mostMs: integer('most_ms').notNull(),
  names: text().notNull(),
  places: text().notNull(),
});

/** The tables that the log is searched in. */
export const LOG_TABLES = { head: headTable, changes: changesTable, writes: writesTable, blocks: blocksTable };
