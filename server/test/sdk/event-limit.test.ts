import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EventLimit, type Sender } from '../../src/sdk/event-limit.ts';
import { TestServer } from '../running-server.ts';

const KIB = 1_024;
const MIB = KIB * KIB;

describe('Batches of events with a browser’s key', () => {
  let now = 0;
  const open = (browsersPerAddress: number) => new EventLimit({ browsersPerAddress, now: () => now });
  const from = (more: Partial<Sender> = {}): Sender => ({
    audience: 'browser',
    key: 'k',
    network: '203.0.113.9',
    ...more,
  });
  const taken = (limit: EventLimit, tries: number, sender = from(), bytes = 100) =>
    Array.from({ length: tries }, () => limit.admit(sender, bytes)).filter((seconds) => seconds === 0).length;

  it('come from one address as many at once as there may be browsers, and then a quarter of that a second', () => {
    const limit = open(200);
    expect(taken(limit, 500)).toBe(200);
    expect(limit.admit(from(), 100)).toBe(1);
    now += 1_000;
    expect(taken(limit, 500)).toBe(50);
    now += 3_600_000;
    expect(taken(limit, 500)).toBe(200);
  });

  it('are counted for each address and each key', () => {
    const limit = open(10);
    expect(taken(limit, 50)).toBe(10);
    expect(taken(limit, 50, from({ network: '203.0.113.10' }))).toBe(10);
    expect(taken(limit, 50, from({ key: 'another' }))).toBe(10);
  });

  it('are weighed by address, whatever keys they come with: large ones are fewer', () => {
    const limit = open(200);
    const large = 100 * KIB;
    // 2,000 KiB at once, and one more that may begin while something is left.
    expect(taken(limit, 100, from(), large)).toBe(20);
    expect(taken(limit, 100, from({ key: 'another' }), large)).toBe(0);
    expect(taken(limit, 100, from({ network: '203.0.113.10' }), large)).toBe(20);
    now += 1_000;
    expect(taken(limit, 100, from(), large)).toBe(2);
  });

  it('weigh more when they turn out to hold many values, and less when they are shorter than they might be', () => {
    const limit = open(200);
    expect(taken(limit, 1)).toBe(1);
    limit.read(from(), 0, 200_000);
    expect(limit.admit(from(), 100)).toBeGreaterThan(1);
    const other = from({ network: '203.0.113.10' });
    for (let batch = 0; batch < 100; batch++) {
      expect(limit.admit(other, 128 * KIB)).toBe(0);
      limit.read(other, 100 - 128 * KIB, 10);
    }
  });

  it('are weighed by key, from however many addresses', () => {
    const limit = open(200);
    const senders = Array.from({ length: 1_000 }, (_, index) => from({ network: `203.0.113.${index}` }));
    const allowed = senders.filter((sender) => limit.admit(sender, 100 * KIB) === 0).length;
    expect(allowed).toBe(164);
  });

  it('are weighed by key alone where any number of browsers may stream', () => {
    expect(taken(open(0), 5_000)).toBe(5_000);
    expect(taken(open(0), 5_000, from(), 100 * KIB)).toBe(164);
  });

  it('of servers are not counted, because a fleet has one key; but weighed, because a fleet can have one mistake', () => {
    expect(taken(open(10), 10_000, from({ audience: 'server' }))).toBe(10_000);
    expect(taken(open(10), 1_000, from({ audience: 'server' }), MIB)).toBe(64);
  });
});

describe('The server', () => {
  let server: TestServer;
  beforeAll(async () => {
    // A clock that stands: however slow the machine is, nothing is forgiven meanwhile.
    const now = Date.now();
    server = await TestServer.start({ env: { DIMMER_BROWSERS_PER_ADDRESS: '4' }, now: () => now });
  });
  afterAll(() => server.stop());

  const send = (query: string, headers: Record<string, string> = {}) =>
    fetch(`${server.url}/sdk/v1/events${query}`, { method: 'POST', headers, body: '{"batch":"b"}' });

  it('asks those who flood it to come back, whatever proxy they claim, and not those with a server’s key', async () => {
    const floods = Array.from({ length: 30 }, (_, index) =>
      send(`?key=${server.browserKey}`, { 'x-forwarded-for': `203.0.113.${index}` }),
    );
    const answers = await Promise.all(floods);
    const refused = answers.find(({ status }) => status === 429) as Response;
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await refused.json()).error.code).toBe('EVENTS_CROWDED');
    const bearer = { authorization: `Bearer ${server.serverKey}` };
    const fleet = await Promise.all(Array.from({ length: 100 }, () => send('', bearer)));
    expect(fleet.every(({ status }) => status === 202)).toBe(true);
  });
});
