import { isPresent, REMEMBER_MS } from '../instances/instance.ts';
import type { Known } from '../instances/propagations.ts';
import type { Launches } from './launches.ts';

/**
 * So far back is read who has told of a migration: an SDK that has not used it for longer is not known to ask for it.
 */
const WINDOW_MS = 60 * 60_000;

/** An SDK client that is there and has asked for a migration of late. */
export interface Asker {
  readonly environment: string;
  /** `null`: it has said no name. */
  readonly instance: string | null;
  readonly application: string | null;
  /** When it last told of it, ms since 1970. */
  readonly at: number;
}

interface Terms {
  readonly launches: Pick<Launches, 'read'>;
  readonly propagations: { instances(project: string, environment: string): Promise<Known> };
  readonly now: () => number;
}

interface Where {
  readonly project: string;
  readonly flag: string;
  readonly environments: readonly string[];
}

/**
 * Who still asks for a migration, as far as is known: by what SDKs with a server key have told of it in the last hour,
 * without those that have ended since. SDKs below a relay are not seen here to end: they count for
 * ten minutes. An SDK that reports nothing is not known.
 */
export async function askersOf({ launches, propagations, now }: Terms, where: Where): Promise<readonly Asker[]> {
  const { project, flag, environments } = where;
  const present = now();
  const found: Asker[] = [];
  for (const environment of environments) {
    const query = { project, flag, environment, from: present - WINDOW_MS, to: present + 1 };
    const last = new Map<string, Asker>();
    for await (const { audience, minute, observation } of launches.read(query)) {
      if (audience !== 'server') continue;
      const { instance = null, application = null, last: at = minute } = observation.source ?? {};
      const name = JSON.stringify([instance, application]);
      if (at >= (last.get(name)?.at ?? 0)) last.set(name, { environment, instance, application, at });
    }
    if (last.size === 0) continue;
    const { items } = await propagations.instances(project, environment);
    for (const asker of last.values()) {
      const known = items.filter(({ instance, audience }) => audience === 'server' && instance === asker.instance);
      const isThere =
        known.length > 0 ? known.some((each) => isPresent(each, present)) : present - asker.at < REMEMBER_MS;
      if (isThere) found.push(asker);
    }
  }
  return found;
}
