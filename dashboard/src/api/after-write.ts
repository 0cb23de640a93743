import { refreshInList } from './flags.ts';
import { queryClient } from './query-client.ts';
import { queryKeys } from './query-keys.ts';

/** Shows what has just been written at once, also where the stream is late or cut. */
export async function afterWrite(project: string, flag: string): Promise<void> {
  await Promise.all([
    queryClient.invalidateQueries({ queryKey: queryKeys.flag(project, flag) }),
    queryClient.invalidateQueries({ queryKey: queryKeys.changes }),
    refreshInList(project, flag),
  ]);
}
