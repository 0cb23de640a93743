import { accessSync, constants, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * What to do about a folder that is not this user's: the usual trouble with one of the host that is mounted into a
 * container. Empty if that is not it.
 *
 * @param user who this process runs as; Windows has no such number
 */
export function folderHint(
  file: string,
  user: number | undefined = process.getuid?.(),
  mayWrite: (folder: string) => boolean = isWritable,
): string {
  const folder = dirname(file);
  const found = statSync(folder, { throwIfNoEntry: false });
  if (user === undefined || found === undefined || found.uid === user || mayWrite(folder)) return '';
  return ` ${folder} belongs to user ${found.uid}, and this process runs as user ${user}: chown ${user} it (of a container, the folder of the host that is mounted there), or use a named volume.`;
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
