import { useSyncExternalStore } from 'react';
import type { Flag } from '../../api/flags.ts';
import { draftAt, draftName, onDrafts } from './drafts.ts';

/** Whether there are unsaved edits of a flag in an environment. */
export function useHasDraft({ project, key }: Pick<Flag, 'project' | 'key'>, environment: string): boolean {
  return useSyncExternalStore(onDrafts, () => draftAt(draftName({ project, flag: key, environment })) !== null);
}
