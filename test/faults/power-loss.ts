import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileC } from './compile-c.ts';
import type { Fault } from './fault.ts';
import { isInstalled } from './installed.ts';
import { killRounds } from './kill-rounds.ts';
import { outcomeOf } from './killed-server.ts';

const ROUNDS = { short: 1, long: 200 } as const;

/** What a disk writes whole or not at all. */
const SECTOR = 512;

export const powerLoss: Fault = {
  id: 'F2',
  sentence: 'a power cut loses nothing that was acknowledged, and leaves nothing in part',
  missing: () => (isInstalled('gcc') ? null : 'gcc is not installed, which compiles what keeps only what was synced'),
  async run(size, say) {
    const tools = await mkdtemp(join(tmpdir(), 'dimmer-power-'));
    try {
      const shim = await compileC(new URL('power-loss.c', import.meta.url).pathname, tools);
      let cuts = 0;
      let unsynced = 0;
      const report = await killRounds({
        rounds: ROUNDS[size],
        applications: 1,
        env: (folder) => ({ LD_PRELOAD: shim, FAULT_LIVE: folder, FAULT_IMAGE: imageOf(folder) }),
        prepare: (folder) => mkdir(imageOf(folder)).then(() => {}),
        // By turns: the disk has nothing but what was synced; or of the rest whatever sectors it happened to write.
        whileDown: async (folder) => {
          cuts += 1;
          unsynced += await cutPower(folder, cuts % 2 === 0 ? 0.5 : 0);
        },
        onRound: (round, acknowledged) => {
          if (round % 20 === 0) say(`${round} power cuts, ${acknowledged} writes acknowledged`);
        },
      });
      const outcome = outcomeOf(report, 'power cuts', 10_000);
      return {
        ...outcome,
        notes: [...outcome.notes, `${unsynced} sectors that nobody had synced were lost or kept by chance`],
      };
    } finally {
      await rm(tools, { recursive: true, force: true });
    }
  },
};

function imageOf(folder: string): string {
  return join(folder, 'image');
}

/**
 * Puts in the place of the database's files what the disk would have held.
 *
 * @param kept share of the sectors that were written and not synced, and are on the disk all the same
 * @returns how many of them there were
 */
async function cutPower(folder: string, kept: number): Promise<number> {
  const image = imageOf(folder);
  let unsynced = 0;
  const names = (await readdir(image)).filter((name) => !name.startsWith('.'));
  // It is made anew from the log; on a disk it would be rubbish.
  await rm(join(folder, 'dimmer.db-shm'), { force: true });
  for (const name of (await readdir(folder)).filter((name) => name.startsWith('dimmer.db') && !names.includes(name)))
    await rm(join(folder, name));
  for (const name of names) {
    const synced = await readFile(join(image, name));
    const written = await readFile(join(folder, name)).catch(() => synced);
    const found = Buffer.from(synced);
    for (let at = 0; at < Math.min(synced.length, written.length); at += SECTOR) {
      const sector = written.subarray(at, at + SECTOR);
      if (sector.equals(synced.subarray(at, at + SECTOR))) continue;
      unsynced += 1;
      if (Math.random() < kept) sector.copy(found, at);
    }
    const grown = written.subarray(synced.length);
    unsynced += Math.ceil(grown.length / SECTOR);
    const disk = kept === 0 ? found : Buffer.concat([found, maybe(grown, kept)]);
    await writeFile(join(folder, name), disk);
    await writeFile(join(image, name), disk);
  }
  return unsynced;
}

/** New sectors at the end of a file: each is written, or zeros. */
function maybe(grown: Buffer, kept: number): Buffer {
  const found = Buffer.alloc(grown.length);
  for (let at = 0; at < grown.length; at += SECTOR) if (Math.random() < kept) grown.copy(found, at, at, at + SECTOR);
  return found;
}
