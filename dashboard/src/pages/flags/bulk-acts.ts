import { archiveWrite, updateFlagWrite } from '../../api/flag-acts.ts';
import type { Flag } from '../../api/flags.ts';
import { ServerError } from '../../api/request.ts';
import { killWrite } from '../../api/switches.ts';
import { carryOut } from '../../api/write.ts';

export type BulkAct = 'archive' | 'unarchive' | 'add-tag' | 'remove-tag' | 'kill';

/** What an act needs besides the flags. */
export interface BulkInput {
  readonly tag: string;
  readonly environment: string;
  readonly reason: string | undefined;
}

/**
 * Does one act to one flag. What is so already is not written again.
 *
 * @returns the revision that it made, or that made it so; undefined if nothing was asked
 */
export async function doBulkAct(act: BulkAct, flag: Flag, { tag, environment, reason }: BulkInput) {
  switch (act) {
    case 'archive':
    case 'unarchive':
      return (await carryOut(archiveWrite(flag.project, flag.key, act === 'archive', reason))).revision;
    case 'kill':
      return (await carryOut(killWrite(flag.project, flag.key, environment, reason ?? ''))).revision;
    case 'add-tag':
      return retag(flag, (tags) => (tags.includes(tag) ? tags : [...tags, tag]));
    case 'remove-tag':
      return retag(flag, (tags) => tags.filter((each) => each !== tag));
  }
}

/** Tags are sent whole: if somebody was faster, theirs are read and ours made of them. */
async function retag(
  { project, key, tags, version }: Pick<Flag, 'project' | 'key' | 'tags' | 'version'>,
  change: (tags: readonly string[]) => readonly string[],
): Promise<undefined> {
  const wanted = change(tags);
  if (wanted.length === tags.length) return undefined;
  try {
    await carryOut(updateFlagWrite(project, key, { tags: wanted }, version));
  } catch (error) {
    const current = error instanceof ServerError && error.code === 'VERSION_CONFLICT' ? error.details.current : null;
    if (!current) throw error;
    const { body, version: newer } = current as { body: Pick<Flag, 'tags'>; version: number };
    return retag({ project, key, tags: body.tags, version: newer }, change);
  }
  return undefined;
}
