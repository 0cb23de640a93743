import { createHash } from 'node:crypto';
import type { StageFiles } from '@dimmer/client';
import { prefixOf } from './file-cache.ts';
import { createWholeFile, type WholeFile } from './whole-file.ts';

/** Size of one file, which holds a flag's key and a stage. */
const MOST_BYTES = 4_096;

/**
 * The last stages of migrations, in files beside the rules that are kept: one for each flag, so that two processes that
 * write of different flags at the same time lose nothing of each other's.
 *
 * @param complain told once of each flag if its file cannot be written; the SDK then goes on without
 */
export function createStageFiles(
  directory: string,
  url: string,
  key: string,
  complain: (why: string) => void,
): StageFiles {
  const files = new Map<string, WholeFile>();

  function fileOf(flag: string): WholeFile {
    let file = files.get(flag);
    if (!file) {
      const digest = createHash('sha256').update(flag).digest('hex').slice(0, 16);
      file = createWholeFile(directory, `${prefixOf(url, key)}.${digest}.stage`, complain);
      files.set(flag, file);
    }
    return file;
  }

  return {
    read: (flag) => fileOf(flag).read(MOST_BYTES),
    write: (flag, text) => fileOf(flag).write([text]),
  };
}
