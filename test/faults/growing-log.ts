import { statSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import { type Fault, Findings } from './fault.ts';
import { FaultStage } from './fault-stage.ts';
import { SteadyWriter } from './steady-writer.ts';
import { pause, waitUntil } from './waiting.ts';

const SIZES = {
  short: { writes: 100, heldWrites: 100 },
  long: { writes: 50_000, heldWrites: 5_000 },
} as const;
const WRITERS = 2;
const READ_EVERY_MS = 50;
const MOST_LOG_BYTES = 64 * 1024 * 1024;
const GIVEN_BACK_MS = 10_000;
const MOST_COMMIT_MS = 20;

export const growingLog: Fault = {
  id: 'F5',
  sentence: 'the write-ahead log stays small under writes and long reads, and a foreign reader’s share is given back',
  async run(size, say) {
    const { writes, heldWrites } = SIZES[size];
    const findings = new Findings();
    const stage = await FaultStage.open({ flags: WRITERS, streams: 1 });
    const writers = Array.from({ length: WRITERS }, (_, index) => new SteadyWriter(`flag-${index}`, stage.admin, 0));
    const done = () => writers.reduce((sum, { attempts }) => sum + attempts.length, 0);
    const logBytes = () => statSync(`${stage.database}-wal`).size;
    let largest = 0;
    let isReading = true;
    let reads = 0;
    try {
      // From the newest change to the first, over and over, as an export does.
      const reading = (async () => {
        for (let before = ''; isReading; reads += 1) {
          const { next } = await stage.admin.call('GET', `/changes?limit=100${before}`);
          before = next === null ? '' : `&before=${next}`;
          await pause(READ_EVERY_MS);
        }
      })();
      for (const writer of writers) writer.start();
      const from = performance.now();
      await waitUntil(() => {
        largest = Math.max(largest, logBytes());
        return done() >= writes;
      }, 900_000);
      const perSecond = Math.round((1_000 * done()) / (performance.now() - from));
      isReading = false;
      await reading;
      for (const writer of writers) await writer.stop();
      const p99Ms = percentile(
        writers.flatMap(({ attempts }) => attempts.map(tookMs)),
        0.99,
      );
      findings.expect(largest <= MOST_LOG_BYTES, `the log grew to ${mib(largest)}`);
      say(`${done()} writes, ${perSecond} a second; the log had ${mib(largest)} at most`);
      findings.note(
        `${done()} writes by ${WRITERS} writers, ${perSecond} a second, p99 ${p99Ms.toFixed(1)} ms from request to answer; ${100 * reads} changes were read meanwhile; the log had ${mib(largest)} at most`,
      );

      const reader = new Sqlite(stage.database, { readonly: true });
      reader.exec('BEGIN');
      reader.prepare('SELECT count(*) FROM changes').get();
      const before = done();
      const heldFrom = performance.now();
      for (const writer of writers) writer.start();
      await waitUntil(() => done() - before >= heldWrites, 600_000);
      for (const writer of writers) await writer.stop();
      const grown = logBytes();
      const heldP99Ms = percentile(
        writers.flatMap((writer) => writer.since(heldFrom).map(tookMs)),
        0.99,
      );
      // Among requests for the log, a write waits for its turn; here it waits for its commit alone.
      findings.expectInTime(heldP99Ms <= MOST_COMMIT_MS, `a commit took ${heldP99Ms.toFixed(1)} ms (p99)`);
      reader.close();
      const givenBackMs = await waitUntil(() => logBytes() <= MOST_LOG_BYTES, GIVEN_BACK_MS);
      findings.expect(givenBackMs !== null, `the log still has ${mib(logBytes())} after the reader has gone`);
      findings.note(
        `while another program read in one transaction, ${done() - before} writes made the log grow to ${mib(grown)} (it cannot be overwritten as long as somebody reads it), p99 ${heldP99Ms.toFixed(1)} ms; ${givenBackMs} ms after it had gone the log had ${mib(logBytes())}`,
      );
      const refused = writers.flatMap(({ attempts }) => attempts).filter(({ status }) => status !== 200);
      findings.expect(
        refused.length === 0,
        `${refused.length} writes were refused, the first with ${refused[0]?.status}`,
      );
      let lost = 0;
      for (const writer of writers) lost += (await stage.settle(writer, findings)).lost;
      return { tried: `${done()} writes under a long reader`, lost, recoveredInMs: givenBackMs, ...findings };
    } finally {
      isReading = false;
      for (const writer of writers) await writer.stop();
      await stage.close();
    }
  },
};

function tookMs({ sentAtMs, answeredAtMs }: { readonly sentAtMs: number; readonly answeredAtMs: number }): number {
  return answeredAtMs - sentAtMs;
}

function percentile(values: readonly number[], share: number): number {
  return values.toSorted((one, other) => one - other)[Math.floor(share * (values.length - 1))] ?? 0;
}

function mib(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}
