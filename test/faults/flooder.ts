/**
 * A hostile client, as a process of its own: one that shared the process of whoever measures would hold up the clock
 * as well. `Flood` starts it. It says `ready`, waits for a line, floods for a while, and says what it was answered.
 */
import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { BATCHES } from './flood-batches.ts';
import { pause } from './waiting.ts';

const { FLOOD_URL = '', FLOOD_KIND = '', FLOOD_LANES = '1', FLOOD_MS = '0', FLOOD_FROM } = process.env;
const url = new URL(FLOOD_URL);
const lanes = Number(FLOOD_LANES);
const source = FLOOD_FROM === undefined ? {} : { localAddress: FLOOD_FROM };

const statuses = new Map<string, number>();
function note(status: string | number): void {
  statuses.set(String(status), (statuses.get(String(status)) ?? 0) + 1);
}

/** As fast as they are answered. */
async function sendBatches(make: (n: number) => string): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: lanes });
  const until = performance.now() + Number(FLOOD_MS);
  let n = 0;
  const send = (body: string) =>
    new Promise<string | number>((resolve) => {
      const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
      const asked = request(url, { method: 'POST', agent, headers, ...source }, (response) => {
        response.resume();
        response.on('close', () => resolve(response.statusCode ?? 'cut'));
      });
      asked.on('error', () => resolve('cut'));
      asked.end(body);
    });
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      while (performance.now() < until) note(await send(make(n++)));
    }),
  );
  agent.destroy();
}

/** One line of a request on new connections, as fast as they open: nothing of it has a key. */
async function knock(): Promise<void> {
  const until = performance.now() + Number(FLOOD_MS);
  const once = () =>
    new Promise<string>((resolve) => {
      const socket = connect({ port: Number(url.port), host: url.hostname, ...source });
      let first = '';
      socket.on('data', (data) => (first ||= /^HTTP\/1.1 (\d+)/.exec(String(data))?.[1] ?? '?'));
      socket.on('error', () => {});
      socket.on('close', () => resolve(first || 'cut'));
      socket.write('GET /nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    });
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      while (performance.now() < until) note(await once());
    }),
  );
}

/** Connections on which something large is asked for, four times, and none of it read. Until the process is ended. */
async function readNothing(): Promise<void> {
  const sockets: Socket[] = [];
  const head = `GET ${url.pathname}${url.search} HTTP/1.1\r\nHost: x\r\n\r\n`;
  for (let each = 0; each < lanes; each += 1) {
    const socket = connect({ port: Number(url.port), host: url.hostname, ...source });
    socket.on('error', () => {});
    socket.pause();
    socket.write(head.repeat(4));
    sockets.push(socket);
    if (each % 50 === 49) await pause(10);
  }
  note(`asked ${sockets.length}`);
}

process.stdout.write('ready\n');
await new Promise((resolve) => process.stdin.once('data', resolve));
const make = BATCHES[FLOOD_KIND];
if (make) await sendBatches(make);
else if (FLOOD_KIND === 'knocks') await knock();
else await readNothing();
process.stdout.write(`${JSON.stringify([...statuses])}\n`);
// Those that read nothing stay until they are ended.
if (FLOOD_KIND === 'unread') process.stdin.resume();
else process.exit();
