import { bigint, doublePrecision, integer, pgSchema, primaryKey, text } from 'drizzle-orm/pg-core';

/** All tables stand in a schema of their own, so that the database may be shared with others. */
export const SCHEMA = 'dimmer';

const dimmer = pgSchema(SCHEMA);

/** Revisions and instants are safe integers: 2^53 ms since 1970 are 285,000 years. */
const whole = (name?: string) => (name === undefined ? bigint({ mode: 'number' }) : bigint(name, { mode: 'number' }));

/** One row: where the log ends. Every commit locks it, moves it, and finds out here whether it was first. */
export const headTable = dimmer.table('head', {
  one: integer().primaryKey(),
  revision: whole().notNull(),
  hash: text().notNull(),
});

export const changesTable = dimmer.table('changes', {
  revision: whole().primaryKey(),
  atMs: whole('at_ms').notNull(),
  actor: text().notNull(),
  command: text().notNull(),
  project: text(),
  environment: text(),
  subject: text().notNull(),
  reason: text(),
  prevHash: text('prev_hash').notNull(),
  hash: text().notNull(),
  seal: text(),
});

export const writesTable = dimmer.table(
  'writes',
  {
    revision: whole().notNull(),
    position: integer().notNull(),
    kind: text().notNull(),
    id: text().notNull(),
    project: text(),
    environment: text(),
    version: integer().notNull(),
    body: text(),
  },
  (table) => [primaryKey({ columns: [table.revision, table.position] })],
);

/** The newest write of each document, so that a start need not read the whole log. */
export const documentsTable = dimmer.table(
  'documents',
  {
    kind: text().notNull(),
    id: text().notNull(),
    project: text(),
    environment: text(),
    version: integer().notNull(),
    revision: whole().notNull(),
    body: text(),
  },
  (table) => [primaryKey({ columns: [table.kind, table.id] })],
);

export const evaluationCountsTable = dimmer.table(
  'evaluation_counts',
  {
    project: text().notNull(),
    environment: text().notNull(),
    flag: text().notNull(),
    minute: whole().notNull(),
    /** Empty where the caller's default was served: a key of a variation never is. */
    variation: text().notNull(),
    count: whole().notNull(),
  },
  (table) => [primaryKey({ columns: [table.project, table.environment, table.flag, table.minute, table.variation] })],
);

export const lastEvaluationsTable = dimmer.table(
  'last_evaluations',
  {
    project: text().notNull(),
    environment: text().notNull(),
    flag: text().notNull(),
    atMs: whole('at_ms').notNull(),
  },
  (table) => [primaryKey({ columns: [table.project, table.environment, table.flag] })],
);

export const launchMinutesTable = dimmer.table(
  'launch_minutes',
  {
    project: text().notNull(),
    environment: text().notNull(),
    flag: text().notNull(),
    minute: whole().notNull(),
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

/** Servers on this database. One that has not been seen for a while is gone. */
export const nodesTable = dimmer.table('nodes', {
  node: text().primaryKey(),
  version: text().notNull(),
  startedMs: whole('started_ms').notNull(),
  seenMs: whole('seen_ms').notNull(),
});

/** Who does the work that one server must do. */
export const leasesTable = dimmer.table('leases', {
  name: text().primaryKey(),
  node: text().notNull(),
  untilMs: whole('until_ms').notNull(),
});

/** SDK clients, as the server that they are connected to, or that took their receipt, knows them. */
export const instancesTable = dimmer.table(
  'instances',
  {
    project: text().notNull(),
    environment: text().notNull(),
    /** Audience and name; of a client without a name, the server's and a number. */
    name: text().notNull(),
    /** Whose streams are counted. */
    node: text(),
    streams: integer().notNull(),
    audience: text().notNull(),
    instance: text(),
    application: text(),
    sdk: text(),
    /** 0: it never says what it has applied. */
    sendsReceipts: integer('sends_receipts').notNull(),
    connectedMs: whole('connected_ms'),
    disconnectedMs: whole('disconnected_ms'),
    appliedId: text('applied_id'),
    appliedMs: whole('applied_ms'),
    delayMs: doublePrecision('delay_ms'),
    evaluatedId: text('evaluated_id'),
    evaluatedMs: whole('evaluated_ms'),
    /** Of a relay: how those below it stand, as JSON. */
    rollCall: text('roll_call'),
    rollCallMs: whole('roll_call_ms'),
    /** Random, of one SDK client; none: an SDK of before. */
    client: text(),
    /** When it polled, left and failed, as JSON. */
    word: text(),
    wordMs: whole('word_ms'),
    changedMs: whole('changed_ms').notNull(),
  },
  (table) => [primaryKey({ columns: [table.project, table.environment, table.name] })],
);

/** When each key was last used. */
export const keyUsesTable = dimmer.table('key_uses', {
  selector: text().primaryKey(),
  atMs: whole('at_ms').notNull(),
});

/** See `figures/day-total-store.ts`. */
export const dayTotalsTable = dimmer.table(
  'day_totals',
  { day: whole().notNull(), place: text().notNull(), figures: text().notNull(), amount: whole().notNull() },
  (table) => [primaryKey({ columns: [table.day, table.place, table.figures] })],
);

/** See `change-blocks.ts`. */
const blocksTable = dimmer.table('change_blocks', {
  block: whole().primaryKey(),
  leastMs: whole('least_ms').notNull(),
  mostMs: whole('most_ms').notNull(),
  names: text().notNull(),
  places: text().notNull(),
});

/** The tables that the log is searched in. */
export const LOG_TABLES = { head: headTable, changes: changesTable, writes: writesTable, blocks: blocksTable };
