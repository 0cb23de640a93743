import type { Credential } from '../access/authenticate.ts';
import { can } from '../access/can.ts';
import type { AskersByFlag, ShownAsker } from '../commands/migration-askers.ts';
import type { Live } from '../documents/document.ts';
import { askersOf } from '../launches/askers.ts';
import type { AdminServices } from './admin-services.ts';

type AskedServices = Pick<AdminServices, 'changeLog' | 'propagations' | 'launches' | 'now'>;

/**
 * Who asks for some flags of one project, of those that are migrations and not archived; of environments that the caller
 * may not look at only that there is somebody.
 *
 * Rejects with a `StoreError`: what cannot be known is not taken for nobody.
 */
export async function shownAskers(
  services: AskedServices,
  credential: Credential,
  project: string,
  keys: readonly string[],
): Promise<AskersByFlag> {
  const { state } = services.changeLog;
  const environments = [...state.environments(project)].map(({ body }) => body.key);
  const found = new Map<string, readonly ShownAsker[]>();
  for (const flag of new Set(keys)) {
    if (!isMigration(state.flag(project, flag))) continue;
    const askers = await askersOf(services, { project, flag, environments });
    if (askers.length === 0) continue;
    found.set(
      flag,
      askers.map((asker) =>
        can(credential, 'read', project, asker.environment)
          ? asker
          : { environment: null, instance: null, application: null, at: asker.at },
      ),
    );
  }
  return found;
}

function isMigration(flag: Live<'flag'> | undefined): boolean {
  return flag?.body.type === 'migration' && !flag.body.archived;
}
