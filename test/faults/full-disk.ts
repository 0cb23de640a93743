import { execFileSync } from 'node:child_process';
import { closeSync, fsyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Fault, Findings } from './fault.ts';
import { FaultStage } from './fault-stage.ts';
import { outage } from './outage.ts';
import { isAcknowledged, SteadyWriter } from './steady-writer.ts';
import { pause } from './waiting.ts';

const ROUNDS = { short: 1, long: 20 } as const;
const LASTS_MS = { short: 500, long: 3_000 } as const;
const QUIET_MS = 3_000;
const DISK = '24m';

export const fullDisk: Fault = {
  id: 'F4',
  sentence: 'on a full disk writes are answered 507, streams and reads go on, and freed space is enough to recover',
  missing: whyNoDisk,
  async run(size, say) {
    const findings = new Findings();
    const disk = mountDisk();
    const ballast = join(disk, 'ballast');
    let recoveredInMs = 0;
    let fullFromMs = 0;
    let inReserve = 0;
    let stage: FaultStage | null = null;
    try {
      stage = await FaultStage.open({ folder: disk, applications: size === 'long' ? 1 : 0, streams: 3 });
      const writer = new SteadyWriter('flag-0', stage.admin, 0);
      for (let round = 1; round <= ROUNDS[size]; round += 1) {
        // A pause in which the log is moved into the database, as there is one before most kills.
        if (size === 'long') await pause(QUIET_MS);
        const tookMs = await outage({
          stage,
          writer,
          findings,
          name: `round ${round}`,
          lastsMs: LASTS_MS[size],
          statuses: [507],
          reason: 'disk is full',
          begin: () => {
            fill(ballast);
            fullFromMs = performance.now();
          },
          end: () => rmSync(ballast),
        });
        inReserve += writesUntilRefused(writer, fullFromMs);
        recoveredInMs = Math.max(recoveredInMs, tookMs);
        say(`round ${round}: writes again ${tookMs} ms after space was freed`);
      }
      const { lost } = await stage.settle(writer, findings);
      const refused = writer.attempts.length - writer.acknowledged.length;
      findings.note(`${stage.watch.tried} reads and new streams meanwhile, the slowest ${stage.watch.slowestMs} ms`);
      findings.note(`${inReserve} changes went through after the disk was full, in the room that the log had kept`);
      return {
        tried: `${ROUNDS[size]} × a disk of ${DISK} filled to the last byte; ${writer.acknowledged.length} writes acknowledged, ${refused} refused`,
        lost,
        recoveredInMs,
        ...findings,
      };
    } finally {
      await stage?.close();
      unmount(disk);
    }
  },
};

/** A disk that others have filled still has the room of the write-ahead log. */
function writesUntilRefused(writer: SteadyWriter, fromMs: number): number {
  return writer.since(fromMs).findIndex((attempt) => !isAcknowledged(attempt));
}

function whyNoDisk(): string | null {
  try {
    unmount(mountDisk());
    return null;
  } catch {
    return 'a small file system cannot be mounted here: that needs root, as in `sudo npm run test:faults F4`';
  }
}

/** A disk of a few MiB in memory. */
function mountDisk(): string {
  const folder = mkdtempSync(join(tmpdir(), 'dimmer-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK}`, 'tmpfs', folder], { stdio: 'ignore' });
    return folder;
  } catch (error) {
    rmSync(folder, { recursive: true });
    throw error;
  }
}

function unmount(folder: string): void {
  execFileSync('umount', [folder], { stdio: 'ignore' });
  rmSync(folder, { recursive: true });
}

/** Writes until nothing more goes in. */
function fill(ballast: string): void {
  const file = openSync(ballast, 'w');
  try {
    for (let size = 1024 * 1024; size >= 1; size = Math.floor(size / 2)) {
      try {
        for (;;) if (writeSync(file, Buffer.alloc(size)) < size) break;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      }
    }
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
