import { ChangeLog, type Outcome, type Request } from '../src/change-log/change-log.ts';
import type { Actor } from '../src/changes/change.ts';
import type { Command } from '../src/commands/command.ts';
import { createEnvironment } from '../src/commands/environments.ts';
import { createProject } from '../src/commands/projects.ts';
import { SqliteDatabase } from '../src/store/sqlite/database.ts';
import { SqliteStore } from '../src/store/sqlite/sqlite-store.ts';

export const ANN: Actor = { kind: 'token', id: 'ann', name: 'Ann' };

/** When the fixture's clock begins; it counts up by a second with every change. */
export const START_MS = Date.UTC(2026, 0, 1);

/** `protected`: production is. */
export interface ShopOptions {
  readonly protected?: boolean;
  /** Ms since 1970. Default: begins in 2026, and is a second later each time. */
  readonly clock?: () => number;
}

/** A log in memory with project `shop` and environments `staging` and `production`. */
export async function openShop(options: ShopOptions = {}) {
  const store = new SqliteStore(SqliteDatabase.open(':memory:'));
  let now = START_MS;
  let ids = 0;
  const log = await ChangeLog.open(store, {
    clock: options.clock ?? (() => (now += 1_000)),
    newId: () => `id-${++ids}`,
  });

  const ask = (command: Command, request: Partial<Request> = {}): Promise<Outcome> =>
    log.execute(command, { actor: ANN, ...request });

  /** Asks for what must be granted. */
  const act = async (command: Command, request: Partial<Request> = {}) => {
    const outcome = await ask(command, request);
    if (!outcome.ok) throw new Error(`${command.name}: ${outcome.refusal.code}: ${outcome.refusal.message}`);
    return outcome;
  };

  /** Asks for what must be refused. */
  const refused = async (command: Command, request: Partial<Request> = {}) => {
    const outcome = await ask(command, request);
    if (outcome.ok) throw new Error(`${command.name} was carried out.`);
    return outcome.refusal;
  };

  await act(createProject({ key: 'shop' }));
  await act(createEnvironment('shop', { key: 'staging' }));
  await act(createEnvironment('shop', { key: 'production', protected: options.protected ?? false }));
  return { store, log, state: log.state, ask, act, refused };
}
