import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findWrongAnswer } from '../src/answers.ts';
import { loadPlans } from '../src/load-plans.ts';
import { PARTICIPANTS } from '../src/participants.ts';
import { questionOf } from '../src/question.ts';
import { SCENARIOS } from '../src/scenarios.ts';
import { openSink } from '../src/sink.ts';
import { makePeople } from '../src/workload.ts';

/** Enough to see a wrong translation; the benchmark itself asks for everybody before it times anything. */
const people = makePeople();
const SOME = 64;
let sink: Awaited<ReturnType<typeof openSink>>;

beforeAll(async () => {
  sink = await openSink();
});

afterAll(() => sink.close());

/** What cannot be expressed, so that a translation that gives up by mistake is noticed. */
const UNABLE: Readonly<Record<string, readonly string[]>> = {
  'Map.get': ['b', 'c', 'c1', 'd', 'e', 'f', 'g'],
  'flagd-core': ['e'],
  Unleash: ['e'],
};

describe.each(PARTICIPANTS.map((participant) => [participant.name, participant] as const))(
  '%s',
  (name, participant) => {
    it.each(SCENARIOS.map((scenario) => [scenario.key, scenario] as const))(
      'answers scenario %s as it should, or cannot express it and says so',
      async (key, scenario) => {
        const library = await participant.library();
        // Where each answer is known, some of the people will do; a share needs all of them.
        const asked = scenario.expectation.kind === 'shares' ? people : people.slice(0, SOME);
        const loaded = await loadPlans(library, scenario.plans(), asked, sink.url);
        expect(loaded === null).toBe(UNABLE[name]?.includes(key) ?? false);
        if (!loaded) return;
        try {
          expect(await findWrongAnswer(scenario, questionOf(scenario, loaded), asked)).toBeNull();
        } finally {
          await loaded.close();
        }
      },
    );
  },
);

describe('the judge', () => {
  const scenario = SCENARIOS.find((one) => one.key === 'b')!;

  it('notices a share that is off', async () => {
    expect(await findWrongAnswer(scenario, () => true, people)).toContain('of all instead of');
  });

  it('notices a wrong answer for one person', async () => {
    const list = SCENARIOS.find((one) => one.key === 'd')!;
    expect(await findWrongAnswer(list, () => false, people)).toContain('instead of true');
  });

  it('notices flags by country, or by share, that are on for nobody', async () => {
    const all = SCENARIOS.find((one) => one.key === 'f')!;
    const inCountry = (index: number) => ['de', 'fr', 'us'].includes(people[index]?.country ?? '');
    expect(await findWrongAnswer(all, (index) => (inCountry(index) ? 850 : 550), people)).toBeNull();
    expect(await findWrongAnswer(all, () => 550, people)).toContain('instead of about 850');
    expect(await findWrongAnswer(all, (index) => (inCountry(index) ? 700 : 400), people)).toContain('instead of about');
  });
});
