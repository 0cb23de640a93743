import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EventLimit } from '../../src/sdk/event-limit.ts';
import { TestServer } from '../running-server.ts';

describe('Batches of events with a browser’s key', () => {
  let now = 0;
  const open = (browsersPerAddress: number) => new EventLimit({ browsersPerAddress, now: () => now });
  const taken = (limit: EventLimit, tries: number, address: string | null = '203.0.113.9', key = 'k') =>
    Array.from({ length: tries }, () => limit.admit(key, address)).filter((seconds) => seconds === 0).length;

  it('come from one address as many at once as there may be browsers, and then a quarter of that a second', () => {
    const limit = open(200);
    expect(taken(limit, 500)).toBe(200);
    expect(limit.admit('k', '203.0.113.9')).toBe(1);
    now += 1_000;
    expect(taken(limit, 500)).toBe(50);
    now += 3_600_000;
    expect(taken(limit, 500)).toBe(200);
  });

  it('are counted for each address and each key', () => {
    const limit = open(10);
    expect(taken(limit, 50)).toBe(10);
    expect(taken(limit, 50, '203.0.113.10')).toBe(10);
    expect(taken(limit, 50, '203.0.113.9', 'another key')).toBe(10);
  });

  it('are counted together where no address is known, twenty times as many', () => {
    expect(taken(open(10), 500, null)).toBe(200);
  });

  it('are not counted where any number of browsers may stream', () => {
    expect(taken(open(0), 5_000)).toBe(5_000);
  });
});

describe('The server', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start({ env: { DIMMER_BROWSERS_PER_ADDRESS: '4' } });
  });
  afterAll(() => server.stop());

  const send = (query: string, headers: Record<string, string> = {}) =>
    fetch(`${server.url}/sdk/v1/events${query}`, { method: 'POST', headers, body: '{"batch":"b"}' });

  it('asks those who flood it to come back, whatever proxy they claim, and not those with a server’s key', async () => {
    const floods = Array.from({ length: 12 }, (_, index) =>
      send(`?key=${server.browserKey}`, { 'x-forwarded-for': `203.0.113.${index}` }),
    );
    const answers = await Promise.all(floods);
    const refused = answers.find(({ status }) => status === 429) as Response;
    expect(answers.filter(({ status }) => status === 202).length).toBeLessThanOrEqual(5);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect((await refused.json()).error.code).toBe('EVENTS_CROWDED');
    const bearer = { authorization: `Bearer ${server.serverKey}` };
    const fleet = await Promise.all(Array.from({ length: 100 }, () => send('', bearer)));
    expect(fleet.every(({ status }) => status === 202)).toBe(true);
  });
});
