import { describe, expect, it } from 'vitest';
import { answerOf } from '../fake/fake-world.ts';
import { launchFlag, ShadowStage } from '../fake/shadow-stage.ts';

const batchesOf = (stage: ShadowStage) =>
  stage.world.requests.filter(({ path }) => path === 'events').map(({ body }) => JSON.parse(body ?? '{}'));
const code = { control: () => 1, candidate: () => 2 };

describe('observations of launches', () => {
  it('are sent every 10 s with the other reports, summed up, however many calls there were', async () => {
    const stage = new ShadowStage({ pricing: launchFlag('dark') });
    await stage.launch(code, { times: 500 });
    await stage.world.passSlowly(10_000);
    const [batch] = batchesOf(stage).filter(({ launches }) => launches);
    expect(batch).toMatchObject({
      batch: expect.any(String),
      instance: 'i-1',
      summaries: [{}],
      launches: [{ flag: 'pricing' }],
    });
    expect(JSON.stringify(batch).length).toBeLessThan(2_000);
  });

  it('are missed by nobody where nothing is reported, however often rules change', async () => {
    const stage = new ShadowStage({ pricing: launchFlag('dark') }, {}, undefined, undefined, { reporting: false });
    const flags = { pricing: launchFlag('dark') };
    for (let revision = 7; revision < 120; revision++) {
      await stage.launch(code);
      const [from, id] = [revision, revision + 1].map((each) => `${each}.aaaaaaaaaaaa`);
      const patch = { schema: 1, hash: 1, from, id, at: 0, flags, segments: {} };
      stage.world.stream.sink.event('patch', JSON.stringify(patch));
    }
    expect(stage.flags.status().id).toBe('120.aaaaaaaaaaaa');
    await stage.flags.close();
    expect(stage.world.logged).toEqual([]);
  });

  it('keep apart what was observed before and after the rules changed', async () => {
    const stage = new ShadowStage({ pricing: launchFlag('dark') });
    await stage.launch(code);
    const flags = { pricing: launchFlag('live') };
    const patch = { schema: 1, hash: 1, from: '7.aaaaaaaaaaaa', id: '8.bbbbbbbbbbbb', at: 0, flags, segments: {} };
    stage.world.stream.sink.event('patch', JSON.stringify(patch));
    await stage.launch(code);
    expect((await stage.reported()).map(({ id, paths }) => [id, paths[0]?.variation])).toEqual([
      ['7.aaaaaaaaaaaa', 'dark'],
      ['8.bbbbbbbbbbbb', 'live'],
    ]);
  });

  it('go on being summed up while the server is away, and are sent once when it is back', async () => {
    const stage = new ShadowStage({ pricing: launchFlag('live') });
    stage.world.answer = () => answerOf(503);
    for (let minute = 0; minute < 5; minute++) {
      await stage.launch(code, { times: 10 });
      await stage.world.passSlowly(60_000);
    }
    const failed = batchesOf(stage).length;
    stage.world.answer = () => answerOf(202);
    await stage.world.passSlowly(60_000);
    const taken = batchesOf(stage)
      .slice(failed)
      .filter(({ launches }) => launches);
    const calls = taken
      .flatMap(({ launches }) => launches)
      .flatMap(({ paths }) => paths)
      .map((path) => path.calls);
    expect(calls.reduce((sum: number, count: number) => sum + count, 0)).toBe(50);
    expect(taken.length).toBeLessThanOrEqual(2);
  });

  it('go in several batches if they are many', async () => {
    const rules = Object.fromEntries(Array.from({ length: 45 }, (_, i) => [`launch-${i}`, launchFlag('live')]));
    const stage = new ShadowStage(rules);
    for (const key of Object.keys(rules)) stage.flags.launch(key, undefined, code);
    await stage.flags.close();
    const counts = batchesOf(stage)
      .filter(({ launches }) => launches)
      .map(({ launches }) => launches.length);
    expect(counts).toEqual([20, 20, 5]);
  });

  it('say of shadows that were under way when the client was closed that they were shed', async () => {
    const stage = new ShadowStage({ pricing: launchFlag('dark') });
    for (let call = 0; call < 3; call++) stage.flags.launch('pricing', undefined, code);
    expect((await stage.reported()).map(({ shed }) => shed)).toEqual([{ closed: 3 }]);
  });

  it('are waited for by flush(), a second at most', async () => {
    const stage = new ShadowStage({ pricing: launchFlag('dark') });
    let end: (value: number) => void = () => {};
    const slow = { control: () => 1, candidate: () => new Promise<number>((resolve) => (end = resolve)) as never };
    stage.flags.launch('pricing', undefined, slow);
    await stage.runShadows();
    const flushed = stage.flags.flush();
    await stage.world.passSlowly(500);
    const same = () => batchesOf(stage).map(({ launches }) => launches?.[0].compared.same ?? 0);
    expect(same()).not.toContain(1);
    end(1);
    await flushed;
    expect(same().at(-1)).toBe(1);

    stage.flags.launch('pricing', undefined, slow);
    await stage.runShadows();
    const next = stage.flags.flush();
    await stage.world.passSlowly(1_000);
    await next;
    expect(batchesOf(stage).at(-1).launches[0].paths).toMatchObject([{ path: 'control', calls: 1 }]);
  });
});
