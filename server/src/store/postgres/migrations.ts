/**
 * The schema, step by step; `tables.ts` describes what they amount to. A step that has landed is never edited, which
 * `migrations.test.ts` holds to: databases that have taken it would lack the difference for ever.
 *
 * Servers of two versions run on one database while it is upgraded. So a step only adds, and what an older server still
 * reads or writes is taken away a release later, in a step whose `worksFrom` says which servers can live with it.
 *
 * `COLLATE "C"`: texts compare by their bytes, as in SQLite and in the code; a locale of the database would order
 * `shop/cart.beta` and `shop/cart/production` otherwise, and two databases differently.
 */
export interface Migration {
  readonly version: number;
  /** Servers that know at least this version can work with the schema after the step. */
  readonly worksFrom: number;
  readonly statements: readonly string[];
}

const TEXT = 'TEXT COLLATE "C"';

export const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    worksFrom: 1,
    statements: [
      'CREATE TABLE head (one INTEGER PRIMARY KEY CHECK (one = 1), revision BIGINT NOT NULL, hash TEXT NOT NULL)',
      `INSERT INTO head VALUES (1, 0, '${'0'.repeat(64)}')`,
      `CREATE TABLE changes (
        revision BIGINT PRIMARY KEY, at_ms BIGINT NOT NULL, actor TEXT NOT NULL, command TEXT NOT NULL,
        project ${TEXT}, environment ${TEXT}, subject TEXT NOT NULL, reason TEXT,
        prev_hash TEXT NOT NULL, hash TEXT NOT NULL
      )`,
      'CREATE INDEX changes_at ON changes (at_ms)',
      'CREATE INDEX changes_project ON changes (project, revision)',
      `CREATE TABLE writes (
        revision BIGINT NOT NULL REFERENCES changes (revision), position INTEGER NOT NULL,
        kind ${TEXT} NOT NULL, id ${TEXT} NOT NULL, project ${TEXT}, environment ${TEXT},
        version INTEGER NOT NULL, body TEXT,
        PRIMARY KEY (revision, position)
      )`,
      'CREATE INDEX writes_document ON writes (kind, id, revision)',
      `CREATE TABLE documents (
        kind ${TEXT} NOT NULL, id ${TEXT} NOT NULL, project ${TEXT}, environment ${TEXT}, version INTEGER NOT NULL,
        revision BIGINT NOT NULL REFERENCES changes (revision), body TEXT,
        PRIMARY KEY (kind, id)
      )`,
      `CREATE TABLE evaluation_counts (
        project ${TEXT} NOT NULL, environment ${TEXT} NOT NULL, flag ${TEXT} NOT NULL, minute BIGINT NOT NULL,
        variation ${TEXT} NOT NULL, count BIGINT NOT NULL,
        PRIMARY KEY (project, environment, flag, minute, variation)
      )`,
      'CREATE INDEX evaluation_counts_minute ON evaluation_counts (minute)',
      `CREATE TABLE last_evaluations (
        project ${TEXT} NOT NULL, environment ${TEXT} NOT NULL, flag ${TEXT} NOT NULL, at_ms BIGINT NOT NULL,
        PRIMARY KEY (project, environment, flag)
      )`,
      `CREATE TABLE launch_minutes (
        project ${TEXT} NOT NULL, environment ${TEXT} NOT NULL, flag ${TEXT} NOT NULL, minute BIGINT NOT NULL,
        audience ${TEXT} NOT NULL, writer ${TEXT} NOT NULL, body TEXT NOT NULL,
        PRIMARY KEY (project, environment, flag, minute, audience, writer)
      )`,
      'CREATE INDEX launch_minutes_minute ON launch_minutes (minute)',
      // What follows is true of the present only. Unlogged: it costs no sync, and an emptied table mends itself.
      'CREATE UNLOGGED TABLE nodes (node TEXT PRIMARY KEY, version TEXT NOT NULL, started_ms BIGINT NOT NULL, seen_ms BIGINT NOT NULL)',
      'CREATE UNLOGGED TABLE leases (name TEXT PRIMARY KEY, node TEXT NOT NULL, until_ms BIGINT NOT NULL)',
      `CREATE UNLOGGED TABLE instances (
        project ${TEXT} NOT NULL, environment ${TEXT} NOT NULL, name ${TEXT} NOT NULL,
        node TEXT, streams INTEGER NOT NULL, audience TEXT NOT NULL, instance TEXT, application TEXT, sdk TEXT,
        sends_receipts INTEGER NOT NULL, connected_ms BIGINT, disconnected_ms BIGINT,
        applied_id TEXT, applied_ms BIGINT, delay_ms DOUBLE PRECISION, evaluated_id TEXT, evaluated_ms BIGINT,
        roll_call TEXT, roll_call_ms BIGINT, changed_ms BIGINT NOT NULL,
        PRIMARY KEY (project, environment, name)
      ) WITH (fillfactor = 50)`,
      'CREATE INDEX instances_changed ON instances (changed_ms)',
    ],
  },
  {
    // People's secrets, as Better Auth lays them out: its columns are named in camel case.
    version: 2,
    worksFrom: 1,
    statements: [
      `CREATE TABLE sign_in_users (
        id TEXT PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL UNIQUE, "emailVerified" BOOLEAN NOT NULL,
        image TEXT, "createdAt" TIMESTAMPTZ NOT NULL, "updatedAt" TIMESTAMPTZ NOT NULL, "twoFactorEnabled" BOOLEAN
      )`,
      `CREATE TABLE sign_in_sessions (
        id TEXT PRIMARY KEY, "expiresAt" TIMESTAMPTZ NOT NULL, token TEXT NOT NULL UNIQUE,
        "createdAt" TIMESTAMPTZ NOT NULL, "updatedAt" TIMESTAMPTZ NOT NULL, "ipAddress" TEXT, "userAgent" TEXT,
        "userId" TEXT NOT NULL REFERENCES sign_in_users (id) ON DELETE CASCADE
      )`,
      'CREATE INDEX sign_in_sessions_user ON sign_in_sessions ("userId")',
      `CREATE TABLE sign_in_accounts (
        id TEXT PRIMARY KEY, "accountId" TEXT NOT NULL, "providerId" TEXT NOT NULL,
        "userId" TEXT NOT NULL REFERENCES sign_in_users (id) ON DELETE CASCADE,
        "accessToken" TEXT, "refreshToken" TEXT, "idToken" TEXT, "accessTokenExpiresAt" TIMESTAMPTZ,
        "refreshTokenExpiresAt" TIMESTAMPTZ, scope TEXT, password TEXT,
        "createdAt" TIMESTAMPTZ NOT NULL, "updatedAt" TIMESTAMPTZ NOT NULL
      )`,
      'CREATE INDEX sign_in_accounts_user ON sign_in_accounts ("userId")',
      `CREATE TABLE sign_in_verifications (
        id TEXT PRIMARY KEY, identifier TEXT NOT NULL, value TEXT NOT NULL, "expiresAt" TIMESTAMPTZ NOT NULL,
        "createdAt" TIMESTAMPTZ NOT NULL, "updatedAt" TIMESTAMPTZ NOT NULL
      )`,
      'CREATE INDEX sign_in_verifications_identifier ON sign_in_verifications (identifier)',
      `CREATE TABLE sign_in_two_factors (
        id TEXT PRIMARY KEY, secret TEXT NOT NULL, "backupCodes" TEXT NOT NULL,
        "userId" TEXT NOT NULL REFERENCES sign_in_users (id) ON DELETE CASCADE,
        verified BOOLEAN, "failedVerificationCount" INTEGER, "lockedUntil" TIMESTAMPTZ
      )`,
      'CREATE INDEX sign_in_two_factors_user ON sign_in_two_factors ("userId")',
      `CREATE TABLE sign_in_rates (
        id TEXT PRIMARY KEY, key TEXT NOT NULL UNIQUE, count INTEGER NOT NULL, "lastRequest" BIGINT NOT NULL
      )`,
      // See `change-log/seals.ts`.
      'ALTER TABLE changes ADD COLUMN seal TEXT',
      // See `keys/key-use-store.ts`.
      `CREATE TABLE key_uses (selector ${TEXT} PRIMARY KEY, at_ms BIGINT NOT NULL)`,
    ],
  },
  {
    // Steps 1 and 2 were edited after they had been used: databases made before lack these. See decision 0127.
    version: 3,
    worksFrom: 1,
    statements: [
      'ALTER TABLE changes ADD COLUMN IF NOT EXISTS seal TEXT',
      `CREATE TABLE IF NOT EXISTS key_uses (selector ${TEXT} PRIMARY KEY, at_ms BIGINT NOT NULL)`,
      'ALTER TABLE instances ADD COLUMN IF NOT EXISTS evaluated_id TEXT',
      'ALTER TABLE instances ADD COLUMN IF NOT EXISTS evaluated_ms BIGINT',
      'ALTER TABLE instances ADD COLUMN IF NOT EXISTS roll_call TEXT',
      'ALTER TABLE instances ADD COLUMN IF NOT EXISTS roll_call_ms BIGINT',
    ],
  },
  {
    // Which changes hold what, for the search: see `change-blocks.ts`. Empty, and filled while the servers run.
    version: 4,
    worksFrom: 1,
    statements: [
      `CREATE TABLE change_blocks (
        block BIGINT PRIMARY KEY, least_ms BIGINT NOT NULL, most_ms BIGINT NOT NULL, names ${TEXT} NOT NULL,
        places ${TEXT} NOT NULL
      )`,
    ],
  },
  {
    // What else is known of an instance, as JSON; see `shared-instances.ts`.
    version: 5,
    worksFrom: 1,
    statements: [
      'ALTER TABLE instances ADD COLUMN client TEXT',
      'ALTER TABLE instances ADD COLUMN word TEXT',
      'ALTER TABLE instances ADD COLUMN word_ms BIGINT',
    ],
  },
  {
    // See `figures/day-total-store.ts`.
    version: 6,
    worksFrom: 1,
    statements: [
      `CREATE TABLE day_totals (
        day BIGINT NOT NULL, place ${TEXT} NOT NULL, figures ${TEXT} NOT NULL, amount BIGINT NOT NULL,
        PRIMARY KEY (day, place, figures)
      )`,
    ],
  },
];
