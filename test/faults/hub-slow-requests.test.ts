import { connect, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import { OriginServer } from '../../bench/src/fan-out/origin-server.ts';
import { percentile } from '../../bench/src/measure.ts';
import { expectInTime } from '../patience.ts';
import { pause, waitUntil } from './waiting.ts';

const isLong = process.env.DIMMER_FAULTS === 'long';
const CONNECTIONS = isLong ? 2_000 : 100;
/** The head of a request has 10 s, looked at every 5 s. */
const CUT_WITHIN_MS = 15_000;
/** A whole request has 30 s. */
const BODY_CUT_WITHIN_MS = 35_000;
const DRIBBLE_MS = 10_000;

/** A connection that sends a little, and then a byte now and then. */
interface Dribble {
  readonly socket: Socket;
  readonly openedAt: number;
  closedAt: number | null;
}

function dribble(url: string, beginning: string): Dribble {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const self: Dribble = { socket, openedAt: performance.now(), closedAt: null };
  socket.on('error', () => {});
  socket.on('close', () => {
    self.closedAt ??= performance.now();
  });
  socket.resume();
  if (beginning !== '') socket.write(beginning);
  return self;
}

const longestMs = (dribbles: readonly Dribble[]) =>
  Math.max(...dribbles.map(({ openedAt, closedAt }) => (closedAt ?? Number.POSITIVE_INFINITY) - openedAt));

it('F15 connections that dribble the head of a request are cut, those that dribble a body are cut later, and others are answered all the while', async ({
  task,
}) => {
  const server = await OriginServer.start();
  const evaluator = server.evaluator();
  const heads: Dribble[] = [];
  const bodies: Dribble[] = [];
  const timeEvaluations = async (times: number): Promise<number[]> => {
    const samples: number[] = [];
    for (let count = 0; count < times; count += 1) {
      const start = performance.now();
      await evaluator.evaluate();
      samples.push(performance.now() - start);
      await pause(2);
    }
    return samples;
  };
  const dribbling = setInterval(() => {
    for (const { socket } of [...heads, ...bodies]) if (socket.writable) socket.write('x');
  }, DRIBBLE_MS);
  try {
    await timeEvaluations(200);
    const alone = await timeEvaluations(500);
    for (let count = 0; count < CONNECTIONS / 2; count += 1) {
      const head = `POST /sdk/v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${server.key}\r\n`;
      const rest = 'Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{';
      // Every tenth says nothing at all.
      heads.push(dribble(server.url, count % 10 === 0 ? '' : head));
      if (isLong) bodies.push(dribble(server.url, head + rest));
      if (count % 100 === 99) await pause(10);
    }
    const beside = await timeEvaluations(500);
    const areCut = (all: readonly Dribble[]) => () => all.every(({ closedAt }) => closedAt !== null);
    expect(await waitUntil(areCut([...heads, ...bodies]), BODY_CUT_WITHIN_MS + 5_000)).not.toBeNull();

    const [p99Alone, p99Beside] = [percentile(alone, 0.99), percentile(beside, 0.99)];
    Object.assign(task.meta, {
      fault: {
        tried: `${heads.length + bodies.length} connections, a byte every ${DRIBBLE_MS / 1_000} s`,
        recoveredInMs: Math.round(longestMs([...heads, ...bodies])),
        notes: [`p99 of an evaluation ${p99Beside.toFixed(1)} ms beside them, ${p99Alone.toFixed(1)} ms without`],
      },
    });
    if (isLong) {
      // A second for timers of both sides.
      expectInTime('cutting heads', longestMs(heads), CUT_WITHIN_MS + 1_000);
      expectInTime('cutting bodies', longestMs(bodies), BODY_CUT_WITHIN_MS + 1_000);
      // Twice, and what a busy machine adds to the one and not to the other.
      expect(p99Beside).toBeLessThanOrEqual(2 * p99Alone + 5);
    }
  } finally {
    clearInterval(dribbling);
    for (const { socket } of [...heads, ...bodies]) socket.destroy();
    evaluator.close();
    await server.stop();
  }
});
