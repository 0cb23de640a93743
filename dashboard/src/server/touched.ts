import type { Change } from './changes.ts';

type QueryKey = readonly unknown[];

/** Single flags are read again one by one; if more change at once, the whole list is. */
const MOST_FLAGS = 10;

/**
 * Which queries what has changed makes untrue, as beginnings of their keys. Kinds of documents map to the nouns that
 * query keys begin with: `['flag', project, key]`, `['segments', project]`, ….
 */
export function touchedBy(changes: readonly Change[]): QueryKey[] {
  const found = new Map<string, QueryKey>();
  const add = (...key: QueryKey): void => void found.set(JSON.stringify(key), key);
  const flags = new Map<string, Set<string>>();
  for (const change of changes) {
    add('changes');
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
          add('segments', project);
          break;
        case 'project':
          add('projects');
          break;
        case 'environment':
          add('environments', project);
          add('flags', project);
          break;
        case 'key':
          add('keys');
          break;
        case 'person':
          add('people');
          add('me');
          break;
        case 'invitation':
          add('invitations');
          break;
        case 'change-request':
          add('change-requests', project);
          break;
      }
    }
    if (change.writeCount > change.writes.length && change.project !== null) add('flags', change.project);
    if (change.project !== null && change.environment !== null) add('propagation', change.project, change.environment);
    else if (change.project !== null) add('propagation', change.project);
  }
  for (const [project, keys] of flags) {
    if (keys.size > MOST_FLAGS) add('flags', project);
    for (const key of keys) {
      add('flag', project, key);
      if (keys.size <= MOST_FLAGS) add('flags', project, key);
    }
  }
  return [...found.values()];
}
