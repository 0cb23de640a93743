/** One step of the schema. */
export interface Migration {
  readonly version: number;
  readonly statements: readonly string[];
  /** Columns that are added where they are missing, which SQLite has no statement for. Done before the statements. */
  readonly columns?: readonly { readonly table: string; readonly column: string; readonly type: string }[];
}

/**
 * The schema, step by step; `tables.ts` describes what they amount to. A step that has landed is never edited, which
 * `migrations.test.ts` holds to: databases that have taken it would lack the difference for ever. What an older server
 * still reads is only ever added to, and taken away a release later.
 */
export const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    statements: [
      'CREATE TABLE head (one INTEGER PRIMARY KEY CHECK (one = 1), revision INTEGER NOT NULL, hash TEXT NOT NULL) STRICT',
      `INSERT INTO head VALUES (1, 0, '${'0'.repeat(64)}')`,
      `CREATE TABLE changes (
        revision INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, actor TEXT NOT NULL, command TEXT NOT NULL,
        project TEXT, environment TEXT, subject TEXT NOT NULL, reason TEXT, prev_hash TEXT NOT NULL, hash TEXT NOT NULL
      ) STRICT`,
      'CREATE INDEX changes_at ON changes (at_ms)',
      'CREATE INDEX changes_project ON changes (project, revision)',
      `CREATE TABLE writes (
        revision INTEGER NOT NULL REFERENCES changes (revision), position INTEGER NOT NULL,
        kind TEXT NOT NULL, id TEXT NOT NULL, project TEXT, environment TEXT, version INTEGER NOT NULL, body TEXT,
        PRIMARY KEY (revision, position)
      ) STRICT, WITHOUT ROWID`,
      'CREATE INDEX writes_document ON writes (kind, id, revision)',
      `CREATE TABLE documents (
        kind TEXT NOT NULL, id TEXT NOT NULL, project TEXT, environment TEXT, version INTEGER NOT NULL,
        revision INTEGER NOT NULL REFERENCES changes (revision), body TEXT,
        PRIMARY KEY (kind, id)
      ) STRICT, WITHOUT ROWID`,
    ],
  },
  {
    // Figures, beside the log: see `store/sqlite/evaluation-tables.ts`.
    version: 2,
    statements: [
      `CREATE TABLE evaluation_counts (
        project TEXT NOT NULL, environment TEXT NOT NULL, flag TEXT NOT NULL, minute INTEGER NOT NULL,
        variation TEXT NOT NULL, count INTEGER NOT NULL,
        PRIMARY KEY (project, environment, flag, minute, variation)
      ) STRICT, WITHOUT ROWID`,
      'CREATE INDEX evaluation_counts_minute ON evaluation_counts (minute)',
      `CREATE TABLE last_evaluations (
        project TEXT NOT NULL, environment TEXT NOT NULL, flag TEXT NOT NULL, at_ms INTEGER NOT NULL,
        PRIMARY KEY (project, environment, flag)
      ) STRICT, WITHOUT ROWID`,
    ],
  },
  {
    // Figures too: see `launches/launch-table.ts`.
    version: 3,
    statements: [
      `CREATE TABLE launch_minutes (
        project TEXT NOT NULL, environment TEXT NOT NULL, flag TEXT NOT NULL, minute INTEGER NOT NULL,
        audience TEXT NOT NULL, writer TEXT NOT NULL, body TEXT NOT NULL,
        PRIMARY KEY (project, environment, flag, minute, audience, writer)
      ) STRICT`,
      'CREATE INDEX launch_minutes_minute ON launch_minutes (minute)',
    ],
  },
  {
    // People's secrets, as Better Auth lays them out: its columns are named in camel case.
    version: 4,
    statements: [
      `CREATE TABLE sign_in_users (
        id TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL UNIQUE, emailVerified INTEGER NOT NULL,
        image TEXT, createdAt DATE NOT NULL, updatedAt DATE NOT NULL, twoFactorEnabled INTEGER
      )`,
      `CREATE TABLE sign_in_sessions (
        id TEXT NOT NULL PRIMARY KEY, expiresAt DATE NOT NULL, token TEXT NOT NULL UNIQUE, createdAt DATE NOT NULL,
        updatedAt DATE NOT NULL, ipAddress TEXT, userAgent TEXT,
        userId TEXT NOT NULL REFERENCES sign_in_users (id) ON DELETE CASCADE
      )`,
      'CREATE INDEX sign_in_sessions_user ON sign_in_sessions (userId)',
      `CREATE TABLE sign_in_accounts (
        id TEXT NOT NULL PRIMARY KEY, accountId TEXT NOT NULL, providerId TEXT NOT NULL,
        userId TEXT NOT NULL REFERENCES sign_in_users (id) ON DELETE CASCADE,
        accessToken TEXT, refreshToken TEXT, idToken TEXT, accessTokenExpiresAt DATE, refreshTokenExpiresAt DATE,
        scope TEXT, password TEXT, createdAt DATE NOT NULL, updatedAt DATE NOT NULL
      )`,
      'CREATE INDEX sign_in_accounts_user ON sign_in_accounts (userId)',
      `CREATE TABLE sign_in_verifications (
        id TEXT NOT NULL PRIMARY KEY, identifier TEXT NOT NULL, value TEXT NOT NULL, expiresAt DATE NOT NULL,
        createdAt DATE NOT NULL, updatedAt DATE NOT NULL
      )`,
      'CREATE INDEX sign_in_verifications_identifier ON sign_in_verifications (identifier)',
      `CREATE TABLE sign_in_two_factors (
        id TEXT NOT NULL PRIMARY KEY, secret TEXT NOT NULL, backupCodes TEXT NOT NULL,
        userId TEXT NOT NULL REFERENCES sign_in_users (id) ON DELETE CASCADE,
        verified INTEGER, failedVerificationCount INTEGER, lockedUntil DATE
      )`,
      'CREATE INDEX sign_in_two_factors_user ON sign_in_two_factors (userId)',
      `CREATE TABLE sign_in_rates (
        id TEXT NOT NULL PRIMARY KEY, key TEXT NOT NULL UNIQUE, count INTEGER NOT NULL, lastRequest BIGINT NOT NULL
      )`,
      // See `change-log/seals.ts`.
      'ALTER TABLE changes ADD COLUMN seal TEXT',
      // See `keys/key-use-store.ts`.
      'CREATE TABLE key_uses (selector TEXT PRIMARY KEY, at_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID',
    ],
  },
  {
    // Step 4 was edited twice after it had been used: files made before have neither. See decision 0127.
    version: 5,
    columns: [{ table: 'changes', column: 'seal', type: 'TEXT' }],
    statements: [
      'CREATE TABLE IF NOT EXISTS key_uses (selector TEXT PRIMARY KEY, at_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID',
    ],
  },
  {
    // Which changes hold what, for the search: see `change-blocks.ts`. Empty, and filled while the server runs.
    version: 6,
    statements: [
      `CREATE TABLE change_blocks (
        block INTEGER PRIMARY KEY, least_ms INTEGER NOT NULL, most_ms INTEGER NOT NULL, names TEXT NOT NULL,
        places TEXT NOT NULL
      ) STRICT`,
    ],
  },
  {
    // See `figures/day-total-store.ts`.
    version: 7,
    statements: [
      `CREATE TABLE day_totals (
        day INTEGER NOT NULL, place TEXT NOT NULL, figures TEXT NOT NULL, amount INTEGER NOT NULL,
        PRIMARY KEY (day, place, figures)
      ) STRICT, WITHOUT ROWID`,
    ],
  },
];
