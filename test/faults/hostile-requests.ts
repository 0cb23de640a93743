import { request } from 'node:http';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { Findings } from './fault.ts';
import type { FaultStage } from './fault-stage.ts';
import { hostile, nested } from './hostile-json.ts';
import { ADMIN_TOKEN } from './server-process.ts';

const HANG_MS = 2_000;
const FLAG = '/api/v1/projects/default/flags/flag-0';
const TARGETING = `${FLAG}/environments/production`;

/** What each route takes, so that errors in it are deep inside and not at the door. */
const VALID: readonly (readonly [method: string, path: string, body: unknown])[] = [
  ['POST', '/api/v1/projects/default/flags', { key: 'k', type: 'json', variations: [{ key: 'a', value: { b: [1] } }] }],
  ['PATCH', FLAG, { name: 'n', tags: ['t'], owner: 'o' }],
  ['POST', `${TARGETING}/rollout`, { variation: 'on', percent: 12.5 }],
  ['POST', `${TARGETING}/toggle`, { on: true, reason: 'r' }],
  ['PUT', `${TARGETING}/fallthrough`, { serve: { slices: [{ variation: 'on', parts: 100_000 }] } }],
  [
    'POST',
    `${TARGETING}/rules`,
    { rule: { when: [{ attribute: 'a', operator: 'matches', values: ['(a+)+$'] }], serve: { variation: 'on' } } },
  ],
  [
    'POST',
    '/api/v1/projects/default/segments',
    { key: 's', included: ['a'], rules: [{ when: [{ attribute: 'a', operator: 'in', values: [1] }] }] },
  ],
  ['POST', '/api/v1/projects', { key: 'p', name: 'P' }],
  ['POST', `${TARGETING}/explain`, { context: { targetingKey: 'u', deep: { a: [1] } } }],
  [
    'POST',
    '/sdk/v1/events',
    {
      batch: 'b',
      instance: 'i',
      receipts: [{ id: '1.0123456789ab', delayMs: 1 }],
      summaries: [{ id: '1.0123456789ab', from: 1, to: 2, counts: [{ flag: 'flag-0', variation: 'on', count: 1 }] }],
      launches: [
        {
          flag: 'l',
          id: '1.0123456789ab',
          from: 1,
          to: 2,
          paths: [{ variation: 'dark', path: 'control', role: 'answer', calls: 1, errors: {}, latency: [352, 1] }],
        },
      ],
    },
  ],
];

/** Bodies that are not even JSON, or too much of it. */
const RAW: readonly (readonly [name: string, body: Buffer | string, headers?: Record<string, string>])[] = [
  ['a gzip bomb', gzipSync(Buffer.alloc(100 * 1024 * 1024, 0x20)), { 'content-encoding': 'gzip' }],
  ['JSON nested 500,000 deep', nested(500_000)],
  ['objects nested 100,000 deep', '{"a":'.repeat(100_000)],
  ['bytes that are no UTF-8', Buffer.alloc(10_000, 0xff)],
  ['a body of 2 MiB', Buffer.alloc(2 * 1024 * 1024, 0x20)],
  ['nothing', ''],
  ['a page of HTML', '<!doctype html><html></html>'],
  ['a number of 100,000 digits', `{"percent":${'9'.repeat(100_000)}}`],
  ['a hundred thousand keys', `{${Array.from({ length: 100_000 }, (_, each) => `"k${each}":0`).join()}}`],
  ['one key a hundred thousand times', `{${'"__proto__":0,'.repeat(70_000)}"a":0}`],
];

interface Answer {
  readonly status: number;
  readonly tookMs: number;
}

/**
 * Sends a running server bodies, paths and headers with errors in them.
 *
 * @returns how many were sent
 */
export async function tryHostileRequests(stage: FaultStage, cases: number, findings: Findings): Promise<number> {
  let tried = 0;
  const send = async (what: string, method: string, path: string, body: Buffer | string, headers = {}) => {
    tried += 1;
    const token = path.startsWith('/sdk') ? stage.key : ADMIN_TOKEN;
    const { status, tookMs } = await ask(stage.server.url, method, path, body, {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      ...headers,
    });
    findings.expect(status > 0 && status < 500, `${what} at ${method} ${path.slice(0, 80)} was answered ${status}`);
    findings.expectInTime(tookMs <= HANG_MS, `${what} at ${method} ${path.slice(0, 80)} took more than ${HANG_MS} ms`);
  };
  for (const [name, body, headers] of RAW)
    for (const [method, path] of VALID) await send(name, method, path, body, headers);
  const bodies = hostile(VALID.map(([, , body]) => body));
  const heads = fc.record({
    'if-match': fc.constantFrom('"1"', '*', '"x"', '"'.repeat(1_000), ''),
    'last-event-id': fc.constantFrom('1.0', '__proto__', '9'.repeat(1_000), 'a b'),
  });
  const property = fc.asyncProperty(fc.nat(), bodies, heads, async (index, body, head) => {
    const [method, path] = VALID[index % VALID.length] as (typeof VALID)[number];
    await send('a body with errors', method, path, JSON.stringify(body) ?? '', head);
  });
  await fc.assert(property, { numRuns: cases });
  const text = fc
    .string({ unit: 'binary', maxLength: 40 })
    .map((each) => encodeURIComponent(Buffer.from(each).toString()));
  const paths = fc.asyncProperty(text, text, async (one, other) => {
    await send('a strange path', 'GET', `/api/v1/projects/${one}/flags/${other}?limit=${other}&after=${one}`, '');
    await send('a strange name', 'GET', `/sdk/v1/ruleset?instance=${one}&application=${other}`, '');
  });
  await fc.assert(paths, { numRuns: Math.ceil(cases / 10) });
  return tried;
}

function ask(url: string, method: string, path: string, body: Buffer | string, headers: object): Promise<Answer> {
  const startedAt = performance.now();
  return new Promise((resolve) => {
    const done = (status: number) => resolve({ status, tookMs: performance.now() - startedAt });
    const asked = request(url + path, { method, headers: { ...headers, 'content-length': Buffer.byteLength(body) } });
    let status = 0;
    asked.on('response', (response) => {
      status = response.statusCode ?? 0;
      response
        .resume()
        .on('end', () => done(status))
        .on('error', () => done(status));
    });
    // The server may close the connection before it has read all of a body that is too large: it has answered before.
    asked.on('error', () => done(status));
    asked.end(body);
  });
}
