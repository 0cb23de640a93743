import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Library, Loaded } from './participant.ts';
import type { Person, Plans } from './workload.ts';

/** Gives a library these flags in its own format, in memory and as a file; null if it cannot express one of them. */
export async function loadPlans(
  library: Library,
  plans: Plans,
  people: readonly Person[],
  sinkUrl: string,
): Promise<Loaded | null> {
  const text = library.text(plans);
  if (text === null) return null;
  const folder = mkdtempSync(join(tmpdir(), 'dimmer-bench-'));
  try {
    const path = join(folder, 'ruleset.json');
    writeFileSync(path, text);
    return await library.load({ text, path, people, sinkUrl });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
