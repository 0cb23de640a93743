import type { Change } from './changes.ts';
import { queryKeys } from './query-keys.ts';

type QueryKey = readonly unknown[];

/** Single flags are read again one by one; if more change at once, the whole list is. */
const MOST_FLAGS = 10;

/**
 * Which queries what has changed makes untrue, as beginnings of their keys.
 */
export function touchedBy(changes: readonly Change[]): QueryKey[] {
  const found = new Map<string, QueryKey>();
  const add = (key: QueryKey): void => void found.set(JSON.stringify(key), key);
  const flags = new Map<string, Set<string>>();
  for (const change of changes) {
    add(queryKeys.changes);
    for (const { kind, id } of change.writes) {
      const [project = '', subject = ''] = id.split('/');
      switch (kind) {
        case 'flag':
        case 'targeting': {
          const ofProject = flags.get(project) ?? new Set();
          flags.set(project, ofProject.add(subject));
          break;
        }
        case 'segment':
          add(queryKeys.segments(project));
          break;
        case 'project':
          add(queryKeys.projects);
          break;
        case 'environment':
          add(queryKeys.environments(project));
          add(queryKeys.flags(project));
          break;
        case 'key':
          add(queryKeys.credentials);
          break;
        case 'person':
          add(queryKeys.people);
          add(queryKeys.me);
          break;
        case 'invitation':
          add(queryKeys.invitations);
          break;
        case 'change-request':
          add(queryKeys.changeRequests(project));
          break;
      }
    }
    if (change.writeCount > change.writes.length && change.project !== null) add(queryKeys.flags(change.project));
    if (change.project !== null && change.environment !== null)
      add(queryKeys.propagations(change.project, change.environment));
    else if (change.project !== null) add(queryKeys.propagations(change.project));
  }
  for (const [project, changed] of flags) {
    if (changed.size > MOST_FLAGS) add(queryKeys.flags(project));
    for (const flag of changed) {
      add(queryKeys.flag(project, flag));
      if (changed.size <= MOST_FLAGS) add(queryKeys.flagInList(project, flag));
    }
  }
  return [...found.values()];
}
