import { StoreError } from '../../change-log/store.ts';

/**
 * Runs `work`; whatever the database throws becomes a `StoreError`, so that callers can tell it from a defect.
 *
 * @throws StoreError `STORE_FULL` if the disk has no room left, `STORE_HELD` if another program holds the file,
 * `STORE_UNAVAILABLE` otherwise
 */
export function attemptSqlite<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (error instanceof StoreError) throw error;
    const cause = sqliteErrorIn(error as Error);
    const isFull = (cause as { code?: string }).code === 'SQLITE_FULL';
    const code = isFull ? 'STORE_FULL' : isHeldByAnother(cause) ? 'STORE_HELD' : 'STORE_UNAVAILABLE';
    throw new StoreError(code, `The database failed: ${cause.message}`, {
      cause,
      ...(code === 'STORE_HELD' && { details: { holder: 'another program, which has the database file open' } }),
    });
  }
}

/** Whether it failed because another program was in the middle of writing, for longer than we wait. */
export function isHeldByAnother(error: Error): boolean {
  return (sqliteErrorIn(error) as { code?: string }).code?.startsWith('SQLITE_BUSY') ?? false;
}

/** Drizzle wraps what the driver throws, and says the whole statement with it. */
function sqliteErrorIn(error: Error): Error {
  return error.cause instanceof Error ? sqliteErrorIn(error.cause) : error;
}
