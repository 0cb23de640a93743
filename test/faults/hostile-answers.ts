import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { createClient } from '@dimmer/node';
import type { Findings } from './fault.ts';
import { nested } from './hostile-json.ts';
import { pause, waitUntil } from './waiting.ts';

const ID = '7.0123456789ab';
const NEXT_ID = '8.0123456789ab';
const SILENT = { debug() {}, info() {}, warn() {}, error() {} };
const MIB = 1024 * 1024;
/** The first try again after a stream that worked comes within 5 s. */
const CONVERGE_MS = 20_000;
const PORTAL = '<!doctype html><html><title>Welcome to the hotel</title><form action="/login"></form></html>';

/** Something between client and server that answers in the server's stead, or a server that has lost its mind. */
interface Hostility {
  readonly name: string;
  /** What it does to a client that holds good rules, in the midst of the stream. */
  readonly breaks?: (stream: ServerResponse) => void;
  /** What it answers when that client comes back, once. */
  readonly answers?: (response: ServerResponse) => void;
  /** After this the client tries again only in minutes. */
  readonly isRefusal?: boolean;
}

const data = (event: string, text: string) => `event: ${event}\ndata: ${text}\n\n`;
const snapshot = (id: string, on: boolean) => ({
  schema: 1,
  hash: 1,
  id,
  at: 1_760_000_000_000,
  segments: {},
  flags: {
    good: {
      type: 'boolean',
      on,
      off: 'off',
      seed: 's',
      fallthrough: { variation: 'on' },
      variations: [
        { key: 'off', value: false },
        { key: 'on', value: true },
      ],
    },
  },
});
const good = snapshot(ID, true);

const HOSTILITIES: readonly Hostility[] = [
  ...[
    ['a snapshot that is no JSON', '{"schema": 1, "flags"'],
    ['a snapshot that is null', 'null'],
    ['a snapshot that is a list', '[]'],
    ['a snapshot without flags', JSON.stringify({ ...good, id: '9.x', flags: null })],
    ['a snapshot of another schema', JSON.stringify({ ...good, id: '9.x', schema: 99 })],
    [
      'a snapshot nested 100,000 deep',
      `{"schema":1,"hash":1,"id":"9.x","flags":{"good":${nested(100_000)}},"segments":{}}`,
    ],
    [
      'a snapshot that reaches for prototypes',
      '{"schema":1,"hash":1,"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}',
    ],
    ['a page of HTML as an event', PORTAL],
  ].map(
    ([name, text]): Hostility => ({
      name: name as string,
      breaks: (stream) => stream.write(data('snapshot', text as string)),
    }),
  ),
  {
    name: 'a patch from nowhere',
    breaks: (stream) => stream.write(data('patch', JSON.stringify({ ...good, from: '1.x', id: '9.x' }))),
  },
  {
    name: 'bytes that are no UTF-8',
    breaks: (stream) =>
      stream.write(
        Buffer.concat([Buffer.from('event: snapshot\ndata: {"'), Buffer.alloc(9_999, 0xff), Buffer.from('\n\n')]),
      ),
  },
  { name: 'an event of 20 MiB', breaks: (stream) => writeMany(stream, 'event: snapshot\ndata: {"id":"', 20) },
  { name: 'a line of 20 MiB that never ends', breaks: (stream) => writeMany(stream, '', 20) },
  { name: 'an end in the middle of an event', breaks: (stream) => stream.end('event: snapshot\ndata: {"schema"') },
  {
    name: 'a goodbye that cannot be read',
    breaks: (stream) => stream.write(data('goodbye', '{"reconnectInMs":-1e999')),
  },
  {
    name: 'a captive portal',
    breaks: (stream) => stream.destroy(),
    isRefusal: true,
    answers: (response) => response.writeHead(200, { 'content-type': 'text/html' }).end(PORTAL),
  },
  {
    name: 'a redirect to the portal',
    breaks: (stream) => stream.destroy(),

    answers: (response) => response.writeHead(302, { location: 'http://127.0.0.1:9/login' }).end(),
  },
  {
    name: 'a stream that is a gzip bomb',
    breaks: (stream) => stream.destroy(),
    answers: (response) =>
      response.writeHead(200, { 'content-type': 'text/event-stream', 'content-encoding': 'gzip' }).end(BOMB),
  },
  {
    name: 'a 500 of somebody else',
    breaks: (stream) => stream.destroy(),
    answers: (response) => response.writeHead(500, { 'content-type': 'text/html' }).end(PORTAL),
  },
];

/** 200 MiB of blanks in 200 kB. */
const BOMB = gzipSync(Buffer.alloc(200 * MIB, 0x20));

/** Hands each of these to an SDK that holds good rules: they stay, nothing is thrown, and it finds back to a server that is well. */
export async function tryHostileAnswers(findings: Findings): Promise<{ tried: number; recoveredInMs: number }> {
  const seen = new Map<string, number>();
  const server = await listen((hostility, response) => {
    const visit = (seen.get(hostility.name) ?? 0) + 1;
    seen.set(hostility.name, visit);
    if (visit === 2 && hostility.answers) return hostility.answers(response);
    const isWell = visit > (hostility.answers ? 2 : 1);
    const body = isWell ? snapshot(NEXT_ID, true) : good;
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(
      data('snapshot', JSON.stringify(body)) + data('ping', JSON.stringify({ id: body.id, at: Date.now() })),
    );
    // The client must have taken it in before the trouble begins.
    if (!isWell) setTimeout(() => hostility.breaks?.(response), 150);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const thrown: unknown[] = [];
  const caught = (error: unknown) => void thrown.push(error);
  process.on('uncaughtException', caught).on('unhandledRejection', caught);
  const memoryBefore = process.memoryUsage().rss;
  const clients = HOSTILITIES.map(({ name }, index) =>
    createClient({ url, key: `k-${index}`, instance: name, cache: false, reporting: false, logger: SILENT }),
  );
  try {
    await Promise.all(clients.map((client) => client.ready()));
    const startedAt = performance.now();
    const isRight = (index: number) => {
      const { id, state } = clients[index]!.status();
      const { isRefusal } = HOSTILITIES[index] as Hostility;
      return isRefusal ? id === ID && state === 'refused' : id === NEXT_ID && state === 'live';
    };
    const looking = setInterval(() => {
      clients.forEach((client, index) => {
        const isGood = client.isEnabled('good', { targetingKey: 'u' });
        findings.expect(isGood, `${HOSTILITIES[index]?.name}: the last good rules are gone`);
      });
    }, 20);
    await waitUntil(() => clients.every((_, index) => isRight(index)), CONVERGE_MS);
    const recoveredInMs = Math.round(performance.now() - startedAt);
    clearInterval(looking);
    clients.forEach((client, index) => {
      const { id, state } = client.status();
      findings.expect(isRight(index), `${HOSTILITIES[index]?.name}: the client is ${state} at ${id}`);
    });
    // A defect that shows a little later shows all the same.
    await pause(50);
    for (const error of thrown) findings.expect(false, `nobody caught ${String(error)}`);
    findings.expect(({} as { polluted?: unknown }).polluted === undefined, 'a prototype was polluted');
    const grownMib = Math.round((process.memoryUsage().rss - memoryBefore) / MIB);
    findings.note(`${HOSTILITIES.length} hostile answers to as many SDKs; the process grew by ${grownMib} MiB`);
    return { tried: HOSTILITIES.length, recoveredInMs };
  } finally {
    await Promise.all(clients.map((client) => client.close()));
    process.off('uncaughtException', caught).off('unhandledRejection', caught);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

/** Each client says in its query by whom it wants to be mistreated. */
async function listen(answer: (hostility: Hostility, response: ServerResponse) => void): Promise<Server> {
  const server = createServer((request, response) => {
    const name = new URL(request.url ?? '/', 'http://host').searchParams.get('instance');
    const hostility = HOSTILITIES.find((each) => each.name === name);
    response.on('error', () => {});
    if (hostility && request.url?.includes('/stream')) answer(hostility, response);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

/** A text, and after it so many MiB without an end. */
function writeMany(stream: ServerResponse, start: string, mib: number): void {
  stream.write(start);
  for (let each = 0; each < mib; each += 1) stream.write('x'.repeat(MIB));
}
