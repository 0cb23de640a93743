import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { diskFolder } from '../memory-folder.ts';
import { type Fault, Findings } from './fault.ts';
import { FaultStage } from './fault-stage.ts';
import { isInstalled } from './installed.ts';
import { outage } from './outage.ts';
import { SteadyWriter } from './steady-writer.ts';

const LASTS_MS = { short: 500, long: 60_000 } as const;

/** One way to lose a database file under a running server. */
interface Loss {
  readonly name: string;
  readonly reason: string;
  readonly begin: () => void;
  readonly end: () => void;
}

export const lostFile: Fault = {
  id: 'F32',
  sentence:
    'a database file that is gone, read-only or held by another program stops writes only, and recovers by itself',
  async run(size, say) {
    const findings = new Findings();
    const stage = await FaultStage.open({ applications: size === 'long' ? 1 : 0, streams: 3 });
    const writer = new SteadyWriter('flag-0', stage.admin);
    let recoveredInMs = 0;
    try {
      const losses = [gone(stage.database), gone(`${stage.database}-wal`), heldByAnother(stage.database)];
      const { readOnly, why } = immutable(stage.database);
      if (readOnly) losses.push(readOnly);
      else {
        say(`!!! NOT TRIED HERE: a read-only file, because ${why}`);
        findings.note(`a read-only file was NOT TRIED: ${why}`);
      }
      for (const { name, reason, begin, end } of losses) {
        const tookMs = await outage({
          stage,
          writer,
          findings,
          name,
          reason,
          begin,
          end,
          statuses: [503],
          lastsMs: LASTS_MS[size],
        });
        recoveredInMs = Math.max(recoveredInMs, tookMs);
        findings.note(`${name}: reads and new streams took ${stage.watch.slowestMs} ms at most`);
        stage.watch.slowestMs = 0;
        say(`${name}: writes again after ${tookMs} ms`);
      }
      const { lost } = await stage.settle(writer, findings);
      const refused = writer.attempts.length - writer.acknowledged.length;
      return {
        tried: `${losses.map(({ name }) => name).join('; ')}: ${LASTS_MS[size] / 1_000} s each, ${refused} writes refused, ${stage.watch.tried} reads and new streams answered`,
        lost,
        recoveredInMs,
        ...findings,
      };
    } finally {
      await stage.close();
    }
  },
};

/** As by a careless `mv` or `rm`; SQLite itself would go on writing into the file that nobody finds again. */
function gone(file: string): Loss {
  return {
    name: `${file.endsWith('-wal') ? 'write-ahead log' : 'file'} moved away`,
    reason: 'no longer where it was',
    begin: () => renameSync(file, `${file}.away`),
    end: () => renameSync(`${file}.away`, file),
  };
}

/** As by a person with a tool who has begun a transaction and gone to lunch. */
function heldByAnother(file: string): Loss {
  let other: Sqlite.Database | null = null;
  return {
    name: 'held by another program',
    reason: 'cannot be written',
    begin: () => {
      // The server may be writing at this instant.
      other = new Sqlite(file, { timeout: 5_000 });
      other.exec('BEGIN IMMEDIATE');
    },
    end: () => void other?.close(),
  };
}

/** Read-only for everybody, root and whoever has it open included: permission bits are only looked at when opening. */
function immutable(file: string): { readOnly?: Loss; why: string } {
  const files = [file, `${file}-wal`];
  const set = (flag: '+i' | '-i') => execFileSync('chattr', [flag, ...files], { stdio: 'ignore' });
  if (!isInstalled('chattr')) return { why: 'chattr is not installed' };
  const folder = mkdtempSync(join(diskFolder(), 'dimmer-attribute-'));
  try {
    const probe = join(folder, 'probe');
    const open = openSync(probe, 'w');
    try {
      execFileSync('chattr', ['+i', probe], { stdio: 'ignore' });
      // A file system in memory keeps the attribute, and goes on writing for whoever has the file open.
      writeSync(open, 'x');
      return { why: 'the file system writes to immutable files for whoever has them open, as those in memory do' };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EPERM') throw error;
    } finally {
      closeSync(open);
      execFileSync('chattr', ['-i', probe], { stdio: 'ignore' });
    }
  } catch {
    return { why: 'files cannot be made immutable here (that needs root, and ext4 or the like)' };
  } finally {
    rmSync(folder, { recursive: true });
  }
  return {
    readOnly: {
      name: 'read-only',
      reason: 'cannot be written',
      begin: () => void set('+i'),
      end: () => void set('-i'),
    },
    why: '',
  };
}
