import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';

export const launchMinutesTable = sqliteTable(
  'launch_minutes',
  {
    project: text().notNull(),
    environment: text().notNull(),
    flag: text().notNull(),
    minute: integer().notNull(),
    audience: text().notNull(),
    /** The server process that has merged this row. */
    writer: text().notNull(),
    /** An `Observation`, as JSON. */
    body: text().notNull(),
  },
  (table) => [
    primaryKey({
      columns: [table.project, table.environment, table.flag, table.minute, table.audience, table.writer],
    }),
  ],
);
