import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connectNode } from '@dimmer/client-node';
import type { Snapshot } from '@dimmer/core';
import fc from 'fast-check';
import { createReplica } from '../../client/src/replica.ts';
import { loadDecisions } from '../vectors/vectors.ts';
import type { Findings } from './fault.ts';
import { hostile } from './hostile-json.ts';

const HANG_MS = 1_000;

/**
 * Streams whose bytes are cut, mixed and spoilt, through the SDK's own reader into a replica that holds good rules.
 *
 * @returns how many were tried
 */
export async function tryHostileStreams(cases: number, findings: Findings): Promise<number> {
  let bytes: readonly Buffer[] = [];
  const server = createServer((_, response) => {
    response.on('error', () => {});
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const chunk of bytes) response.write(chunk);
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const connection = connectNode(new URL(`http://127.0.0.1:${port}`), 'a-key', new URLSearchParams());
  const snapshots = loadDecisions().map(({ ruleset }) => ruleset);
  let tried = 0;
  const property = fc.asyncProperty(streamOf(snapshots), fc.constantFrom(...snapshots), async (chunks, good) => {
    tried += 1;
    bytes = chunks;
    const replica = newReplica();
    replica.replace(good, 'stream');
    const startedAt = performance.now();
    await new Promise<void>((resolve) => {
      const close = connection.stream.open('', {
        alive() {},
        event(type, data) {
          const before = replica.ruleset.id;
          let problem: string | undefined;
          try {
            problem = replica.receive(type, data, true);
          } catch (error) {
            findings.expect(false, `a replica threw ${(error as Error).message} at ${type} ${data.slice(0, 100)}`);
          }
          const isKept = problem === undefined || replica.ruleset.id === before;
          findings.expect(isKept, `a ${type} was refused, and is there: ${problem}`);
        },
        failed() {
          close();
          resolve();
        },
      });
    });
    findings.expectInTime(performance.now() - startedAt <= HANG_MS, `a stream took more than ${HANG_MS} ms`);
    const isThere = Object.keys(replica.ruleset.snapshot().flags).every(
      (key) => replica.ruleset.get(key) !== undefined,
    );
    findings.expect(isThere, 'a flag is listed and cannot be asked');
  });
  try {
    await fc.assert(property, { numRuns: cases });
  } finally {
    connection.close?.();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  return tried;
}

function newReplica() {
  return createReplica({ now: () => 1_760_000_000_000, after: () => () => {}, log() {}, emit() {} });
}

/** Events, good and bad, as bytes with errors in them, in chunks of any size. */
function streamOf(snapshots: readonly Snapshot[]): fc.Arbitrary<readonly Buffer[]> {
  const name = fc.constantFrom('snapshot', 'patch', 'ping', 'goodbye', 'error', 'message', '', 'x'.repeat(5_000));
  const payload = fc.oneof(
    hostile(snapshots).map((value) => JSON.stringify(value) ?? ''),
    fc.constantFrom(...snapshots).map((value) => JSON.stringify(value)),
    fc.json(),
    fc.string({ unit: 'binary' }),
  );
  const event = fc
    .tuple(name, payload, fc.constantFrom('\n', '\r\n', '\r'))
    .map(([type, data, end]) => `event: ${type}${end}data: ${data}${end}id: ${data.slice(0, 20)}${end}${end}`);
  const junk = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('\ufeff', ':\n', 'data\n', 'retry: 1e9\n\n', '\u0000\n\n'),
  );
  const spoilt = fc.array(fc.record({ at: fc.nat(), byte: fc.integer({ min: 0, max: 255 }) }), { maxLength: 5 });
  return fc
    .tuple(fc.array(fc.oneof(event, event, junk), { maxLength: 6 }), spoilt, fc.integer({ min: 1, max: 5_000 }))
    .map(([parts, spoils, size]) => {
      const whole = Buffer.from(parts.join(''));
      for (const { at, byte } of spoils) if (whole.length > 0) whole[at % whole.length] = byte;
      const length = Math.ceil(whole.length / size);
      return Array.from({ length }, (_, index) => whole.subarray(index * size, (index + 1) * size));
    });
}
