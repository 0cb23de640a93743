/** How many shadows servers let in, by the pairs of all processes: the rule by itself, and over HTTP. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomFrom } from '../../../test/random-from.ts';
import { afterMinute, type HarmMinute, type HoldState, holdAt, NOTHING_HELD } from '../../src/launches/hold.ts';
import { TestServer } from '../running-server.ts';

const MINUTE = 60_000;
const DAY_MINUTES = 24 * 60;

/** Goes through minutes, each of which says how many pairs were worse and better. */
function after(minutes: readonly (readonly [worse: number, better: number])[], before = NOTHING_HELD, from = 0) {
  return minutes.reduce<HoldState>((state, [worse, better], index) => {
    return afterMinute(state, minuteOf(from + index, worse, better));
  }, before);
}

function minuteOf(minute: number, worse: number, better: number, sharePercent = 100): HarmMinute {
  return { at: minute * MINUTE, worse, better, sharePercent };
}

/** Pairs of a minute of which each is worse by chance. */
function pairs(random: () => number, count: number, chance: number): readonly [number, number] {
  let worse = 0;
  for (let pair = 0; pair < count; pair++) worse += Number(random() < chance);
  return [worse, count - worse];
}

describe('shadows are held back by what all processes show together', () => {
  it('at a quarter of the share at which it was seen, and at a quarter of that if it is seen again', () => {
    const once = after([[24, 0]]);
    expect(once.hold).toEqual({ sharePercent: 25, at: 0 });
    const twice = after([[24, 0]], once, 1);
    expect(twice.hold).toEqual({ sharePercent: 6.3, at: MINUTE });
    const often = after(Array.from({ length: 6 }, () => [24, 0] as const));
    expect(often.hold?.sharePercent).toBe(0);
    expect(afterMinute(NOTHING_HELD, minuteOf(0, 24, 0, 2)).hold?.sharePercent).toBe(0.5);
  });

  it('and let in again step by step in quiet times, which are longer where it was seen again', () => {
    const once = after([[24, 0]]);
    const shares = (state: HoldState, minutes: readonly number[]) =>
      minutes.map((minute) => holdAt(state, minute * MINUTE).hold?.sharePercent ?? 100);
    expect(shares(once, [4, 5, 9, 10])).toEqual([25, 50, 50, 100]);
    const twice = after([[24, 0]], once, 1);
    expect(shares(twice, [10, 11, 21, 31, 41])).toEqual([6.3, 12.6, 25.2, 50.4, 100]);
    const none = after(Array.from({ length: 6 }, () => [24, 0] as const));
    expect(shares(none, [64, 65, 125])).toEqual([0, 0.5, 1]);
  });

  it('soon, also where harm begins after a quiet day', () => {
    const random = randomFrom(7);
    const quiet = after(Array.from({ length: DAY_MINUTES }, () => pairs(random, 60, 0.5)));
    expect(quiet.hold).toBeUndefined();
    let state = quiet;
    let minutes = 0;
    while (!state.hold && minutes < 60) {
      state = afterMinute(state, minuteOf(DAY_MINUTES + minutes++, ...pairs(random, 60, 0.7)));
    }
    expect(minutes).toBeLessThanOrEqual(5);
  });

  it('in a day, of one in a hundred harmless launches at most', () => {
    const random = randomFrom(11);
    const days = 100;
    let held = 0;
    for (let day = 0; day < days; day++) {
      let state = NOTHING_HELD;
      for (let minute = 0; minute < DAY_MINUTES && !state.hold; minute++) {
        state = afterMinute(state, minuteOf(minute, ...pairs(random, 6, 0.5)));
      }
      held += Number(state.hold !== undefined);
    }
    expect(held).toBeLessThanOrEqual(days / 100);
  });
});

describe('over HTTP', () => {
  let server: TestServer;
  let id: string;
  let batches = 0;

  beforeAll(async () => {
    server = await TestServer.start();
    for (const key of ['engine', 'search', 'pages']) await server.admin('POST', 'flags', { key, type: 'launch' });
    ({ id } = await (await server.sdk('/ruleset')).json());
  });
  afterAll(() => server.stop());

  /** One process with little traffic tells of its pairs; the answer. */
  async function tell(flag: string, worse: number, better: number, key = server.serverKey) {
    const now = Date.now();
    const none = { same: 0, different: 0, ignored: 0, failed: 0 };
    const switchback = { worse, better, with: [], without: [], sharePercent: 40, stops: 0 };
    const launch = { flag, id, from: now - 9, to: now, compared: none, noise: none, shed: {}, clusters: [], paths: [] };
    batches += 1;
    const response = await server.sdk('/events', {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ batch: `b${batches}`, instance: `i${batches}`, launches: [{ ...launch, switchback }] }),
    });
    return response.json();
  }
  const report = (flag: string) => server.admin('GET', `flags/${flag}/environments/production/launch`);

  it('many processes that each saw too little are told to let in fewer, and the report says so', async () => {
    for (let process = 0; process < 15; process++) expect(await tell('engine', 2, 0)).toEqual({});
    const { harm, verdict } = await report('engine');
    expect(harm.hold).toEqual({ sharePercent: 10, at: expect.any(Number) });
    expect(verdict.ready).toBe(false);
    const [reason] = verdict.reasons.filter(({ code }: { code: string }) => code === 'HARM');
    expect(reason.sentence).toMatch(/held at 10 % at most in every process/);
    expect(await tell('engine', 0, 0)).toEqual({ holds: [{ flag: 'engine', sharePercent: 10, forS: 180 }] });
    expect(await tell('search', 0, 0)).toEqual({});
    const { body } = await server.call('GET', '/metrics');
    expect(body).toMatch(/^dimmer_launch_held_percent\{.*flag="engine".*\} 10$/m);
    expect(body).not.toMatch(/^dimmer_launch_held_percent\{.*flag="search"/m);
  });

  it('whoever has the public key of browsers can neither hold them back nor ask', async () => {
    for (let page = 0; page < 15; page++) await tell('pages', 20, 0, server.browserKey);
    expect((await report('pages')).harm).toBeNull();
    expect(await tell('pages', 0, 0)).toEqual({});
    expect(await tell('engine', 0, 0, server.browserKey)).toEqual({});
  });

  it('a server that is started anew knows it, and a change of the rules forgets it', async () => {
    await server.close();
    await server.resume();
    expect((await report('engine')).harm.hold.sharePercent).toBe(10);
    expect(await tell('engine', 0, 0)).toMatchObject({ holds: [{ sharePercent: 10 }] });
    await server.admin('POST', 'flags/engine/environments/production/rollout', { dark: 10 });
    expect((await report('engine')).harm.hold).toBeNull();
    expect(await tell('engine', 0, 0)).toEqual({});
  });
});
