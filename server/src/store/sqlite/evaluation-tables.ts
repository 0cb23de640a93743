import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';

export const evaluationCountsTable = sqliteTable(
  'evaluation_counts',
  {
    project: text().notNull(),
    environment: text().notNull(),
    flag: text().notNull(),
    minute: integer().notNull(),
    /** Empty where the caller's default was served: a key of a variation never is. */
    variation: text().notNull(),
    count: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.project, table.environment, table.flag, table.minute, table.variation] })],
);

export const lastEvaluationsTable = sqliteTable(
  'last_evaluations',
  {
    project: text().notNull(),
    environment: text().notNull(),
    flag: text().notNull(),
    atMs: integer('at_ms').notNull(),
  },
  (table) => [primaryKey({ columns: [table.project, table.environment, table.flag] })],
);
