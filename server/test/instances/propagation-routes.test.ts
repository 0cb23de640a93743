import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TestServer } from '../running-server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await TestServer.start();
});
afterAll(() => server.stop());

let flags = 0;
let flag = '';
beforeEach(async () => {
  flag = `flag-${++flags}`;
  await server.admin('POST', 'flags', { key: flag });
});

const propagation = (query = '') => server.admin('GET', `environments/production/propagation${query}`);

/** An instance that streams, has what there is, and says what else it has applied when told to. */
async function connect(instance: string) {
  const { id: lastEventId } = await propagation();
  const who = new URLSearchParams({ instance, application: 'shop', sdk: 'test/1', lastEventId });
  const stream = await server.stream(`?${who}`);
  return {
    /** Ends as a client does that is closed: it says so. */
    async close() {
      stream.close();
      const body = JSON.stringify({ batch: Math.random().toString(36), instance, leaves: true });
      await server.sdk('/events', { method: 'POST', body, headers: events() });
    },
    async apply(id: string, delayMs = 7) {
      const body = JSON.stringify({ batch: Math.random().toString(36), instance, receipts: [{ id, delayMs }] });
      expect((await server.sdk('/events', { method: 'POST', body, headers: events() })).status).toBe(202);
    },
  };
}

const events = () => ({ authorization: `Bearer ${server.serverKey}`, 'content-type': 'application/json' });

/** Asks again until it is so; the test's own time limit ends it. */
async function until<Found>(ask: () => Promise<Found>, isSo: (found: Found) => boolean): Promise<Found> {
  for (;;) {
    const found = await ask();
    if (isSo(found)) return found;
  }
}

describe('GET …/propagation', () => {
  it('tells how many are connected, how many have applied the change, how long it took, and who has not', async () => {
    const [one, two] = [await connect('one'), await connect('two')];
    const { id, revision } = await server.admin('POST', `flags/${flag}/environments/production/toggle`, { on: true });
    await one.apply(id, 12);
    expect(await propagation()).toMatchObject({
      environment: 'production',
      revision,
      id,
      complete: false,
      everywhere: true,
      connected: 2,
      applied: 1,
      pending: 1,
      silent: 0,
      delayMs: { max: 12 },
      stragglers: [{ instance: 'two', application: 'shop', sdk: 'test/1', via: '' }],
    });
    await two.apply(id, 30);
    expect(await propagation()).toMatchObject({ complete: true, applied: 2, pending: 0, delayMs: { max: 30 } });
    await one.close();
    await two.close();
    await until(propagation, ({ connected }) => connected === 0);
  });

  it('answers for any revision: the last change up to it that this environment is made of', async () => {
    const first = await server.admin('POST', `flags/${flag}/environments/production/toggle`, { on: true });
    const elsewhere = await server.admin('POST', `flags/${flag}/environments/staging/toggle`, { on: true });
    await server.admin('POST', 'environments/production/keys', { name: 'new', kind: 'server' });
    expect(await propagation()).toMatchObject({ revision: first.revision, id: first.id });
    expect(await propagation(`?revision=${elsewhere.revision + 1}`)).toMatchObject({ id: first.id });
    expect(await propagation('?revision=0')).toMatchObject({ revision: 0 });
    const { status, body } = await server.call(
      'GET',
      '/api/v1/projects/default/environments/production/propagation?revision=soon',
    );
    expect([status, body.error.code]).toEqual([400, 'QUERY_INVALID']);
  });

  it('tells of evaluations by older rules that go on after the change', async () => {
    const instance = await connect('old');
    const { id: before } = await propagation();
    const { id, at } = await server.admin('POST', `flags/${flag}/environments/production/kill`, { reason: 'errors' });
    const now = Date.now();
    const summaries = [{ id: before, from: now - 5, to: now, counts: [{ flag, variation: 'on', count: 3 }] }];
    const body = JSON.stringify({ batch: 'late', instance: 'old', summaries });
    await server.sdk('/events', { method: 'POST', body, headers: events() });
    const { evaluatingOlder } = await propagation();
    expect(evaluatingOlder.instances).toBe(1);
    expect(evaluatingOlder.lastAt).toBeGreaterThanOrEqual(at ?? 0);
    expect(id).not.toBe(before);
    await instance.close();
    await until(propagation, ({ connected }) => connected === 0);
  });
});

describe('a write with ?wait=applied', () => {
  const kill = (query: string) =>
    server.admin('POST', `flags/${flag}/environments/production/kill${query}`, { reason: 'errors' });

  it('answers when every instance has applied it', async () => {
    const instance = await connect('waits');
    let hasAnswered = false;
    const answer = kill('?wait=applied').then((found) => {
      hasAnswered = true;
      return found;
    });
    const { id } = await until(propagation, ({ stragglers }) => stragglers.length === 1);
    expect(hasAnswered).toBe(false);
    await instance.apply(id);
    expect(await answer).toMatchObject({
      changed: true,
      propagation: [{ environment: 'production', complete: true, connected: 1, applied: 1, delayMs: { max: 7 } }],
    });
    await instance.close();
    await until(propagation, ({ connected }) => connected === 0);
  });

  it('answers when the time is up, with who has not; the change is made all the same', async () => {
    const instance = await connect('deaf');
    const { changed, propagation: found } = await kill('?wait=applied&timeoutMs=50');
    expect(changed).toBe(true);
    expect(found).toMatchObject([{ complete: false, pending: 1, stragglers: [{ instance: 'deaf' }] }]);
    await instance.close();
    await until(propagation, ({ connected }) => connected === 0);
  });

  it('waits for the change that made it so, if everything was as asked already', async () => {
    await server.admin('POST', `flags/${flag}/environments/production/toggle`, { on: true });
    const instance = await connect('has-it');
    const { changed, propagation: found } = await server.admin(
      'POST',
      `flags/${flag}/environments/production/toggle?wait=applied`,
      { on: true },
    );
    expect(changed).toBe(false);
    expect(found).toMatchObject([{ environment: 'production', complete: true }]);
    await instance.close();
    await until(propagation, ({ connected }) => connected === 0);
  });

  it('waits in every environment that the change touches', async () => {
    const { propagation: found } = await server.admin('PATCH', `flags/${flag}?wait=applied`, { name: 'Renamed' });
    expect(found.map(({ environment }: { environment: string }) => environment).toSorted()).toEqual([
      'development',
      'production',
      'staging',
    ]);
  });

  it('is told what it may ask for', async () => {
    for (const query of ['?wait=forever', '?wait=applied&timeoutMs=60001', '?wiat=applied']) {
      const { status, body } = await server.call('PATCH', `/api/v1/projects/default/flags/${flag}${query}`, {
        name: 'x',
      });
      expect([query, status, body.error.code]).toEqual([query, 400, 'QUERY_INVALID']);
    }
  });
});
