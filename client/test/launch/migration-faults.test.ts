/**
 * Every fault at every stage: either side hangs, is late or throws, when it is read or written; and every kind of start
 * without rules. What was acknowledged is never lost, and what one side lacks is never unheard of.
 */
import type { LaunchSummary, MigrationStage } from '@dimmer/core';
import { describe, expect, it } from 'vitest';
import { settled } from '../fake/fake-world.ts';
import { textFlag } from '../fake/rules.ts';
import { migrationFlag, ShadowStage } from '../fake/shadow-stage.ts';
import { TwoStores } from '../fake/two-stores.ts';

type Side = 'old' | 'new';
type Fault = 'hang' | 'late' | 'throw';

/** Who is read and written at each stage, the authoritative side first. */
const STAGES: {
  readonly [stage in MigrationStage]: { readonly read: readonly Side[]; readonly write: readonly Side[] };
} = {
  off: { read: ['old'], write: ['old'] },
  'dual-write': { read: ['old'], write: ['old', 'new'] },
  shadow: { read: ['old', 'new'], write: ['old', 'new'] },
  live: { read: ['new', 'old'], write: ['new', 'old'] },
  'ramp-down': { read: ['new'], write: ['new', 'old'] },
  complete: { read: ['new'], write: ['new'] },
};
const FAULTS: readonly Fault[] = ['hang', 'late', 'throw'];
const LATE_MS = 5_000;
/** No caller waits longer for the side that is not authoritative, nor at `live` for the one that is. */
const PATIENCE_MS = 1_000;

const TABLE = (Object.keys(STAGES) as MigrationStage[]).flatMap((stage) =>
  (['read', 'write'] as const).flatMap((operation) =>
    STAGES[stage][operation].flatMap((side, place) =>
      FAULTS.map((fault) => ({ stage, operation, side, fault, place: place ? 'other' : 'authoritative' }) as const),
    ),
  ),
);

/** What became of a call, and when. */
interface Ending<Result> {
  how: 'pending' | 'done' | 'refused';
  value?: Result;
  atMs?: number;
}

/** Two stores of which one side has a fault, the first time that it is asked. */
function withFault(stage: MigrationStage, operation: 'read' | 'write', side: Side, fault: Fault) {
  const between = new TwoStores(stage);
  const { world } = between.stage;
  const sound = between.options[operation][side] as (run: unknown) => unknown;
  let called = 0;
  const faulty = async (run: unknown): Promise<unknown> => {
    if (called++ > 0) return sound(run);
    if (fault === 'throw') throw new Error('down');
    // One that is lost never comes to do anything.
    await new Promise<void>((resolve) => fault === 'late' && world.platform.after(LATE_MS, resolve));
    return sound(run);
  };
  const open = () => between.open({ [operation]: { ...between.options[operation], [side]: faulty } });
  const follow = <Result>(call: Promise<Result>): Ending<Result> => {
    const ending: Ending<Result> = { how: 'pending' };
    call.then(
      (value) => Object.assign(ending, { how: 'done', value, atMs: world.nowMs }),
      () => Object.assign(ending, { how: 'refused', atMs: world.nowMs }),
    );
    return ending;
  };
  return { between, world, open, follow, wasCalled: () => called > 0 };
}

/** Whether the report tells of a failure, or of a call that hangs, of this side. */
function isReported(summaries: readonly LaunchSummary[], side: Side, operation: 'read' | 'write'): boolean {
  const path = side === 'old' ? 'control' : 'candidate';
  return summaries
    .flatMap(({ paths }) => paths)
    .some(
      (each) =>
        each.path === path &&
        each.operation === operation &&
        (Object.keys(each.errors).length > 0 || (each.hanging ?? 0) > 0),
    );
}

describe('a fault', () => {
  it('of these kinds there are as many as there are', () => {
    expect(TABLE).toHaveLength(54);
  });

  it.each(TABLE.filter(({ operation }) => operation === 'write'))(
    'at $stage: the $place side, $side, when it is written: $fault',
    async ({ stage, side, fault, place }) => {
      const { between, world, open, follow } = withFault(stage, 'write', side, fault);
      const began = world.nowMs;
      const first = follow(open().write({ user: 'ann', city: 'Bonn' }));
      await world.passSlowly(PATIENCE_MS);
      const second = follow(open().write({ user: 'ann', city: 'Kiel' }));
      await world.passSlowly(120_000);

      // The caller is answered as by the authoritative side alone, and hardly later.
      if (place === 'other') expect([first.how, second.how]).toEqual(['done', 'done']);
      else
        expect([first.how, second.how]).toEqual([{ hang: 'pending', late: 'done', throw: 'refused' }[fault], 'done']);
      if (place === 'other') expect((first.atMs ?? Infinity) - began).toBeLessThanOrEqual(PATIENCE_MS);

      // Nothing that was acknowledged is lost.
      const [authority = 'old', other] = STAGES[stage].write;
      const acknowledged = [
        { city: 'Bonn', ...first },
        { city: 'Kiel', ...second },
      ]
        .filter(({ how }) => how === 'done')
        .sort((a, b) => (a.atMs ?? 0) - (b.atMs ?? 0));
      expect(between.stores[authority].get('ann')).toBe(acknowledged.at(-1)?.city);

      // And if the other side lacks it, somebody has been told.
      if (other && between.stores[other].get('ann') !== between.stores[authority].get('ann'))
        expect(between.told.join()).toContain(`ann in ${between.stores[authority].get('ann')}`);
      if (place === 'other') expect(between.told[0]).toBe(`ann in Bonn: ${fault === 'throw' ? 'failed' : 'late'}`);

      // A late write has not undone a newer one.
      if (other && fault === 'late') expect(between.stores[other]).toEqual(between.stores[authority]);
      if (fault !== 'late' || place === 'other')
        expect(isReported(await between.stage.reported(), side, 'write')).toBe(true);
    },
  );

  it.each(TABLE.filter(({ operation }) => operation === 'read'))(
    'at $stage: the $place side, $side, when it is read: $fault',
    async ({ stage, side, fault, place }) => {
      const { between, world, open, follow, wasCalled } = withFault(stage, 'read', side, fault);
      const began = world.nowMs;
      const read = follow(open().read('ann'));
      await between.stage.runShadows();
      await world.passSlowly(120_000);

      const hasFallback = stage === 'live' || place === 'other';
      expect(read.how).toBe(hasFallback ? 'done' : { hang: 'pending', late: 'done', throw: 'refused' }[fault]);
      if (read.how === 'done') expect(read.value).toBe('Ulm');
      if (hasFallback) expect((read.atMs ?? Infinity) - began).toBeLessThanOrEqual(PATIENCE_MS);
      expect(wasCalled()).toBe(true);
      if (fault !== 'late') expect(isReported(await between.stage.reported(), side, 'read')).toBe(true);
    },
  );
});

describe('a start', () => {
  const files = () => {
    const texts = new Map<string, string>();
    const read = (flag: string) => texts.get(flag);
    return { read, write: async (flag: string, text: string) => void texts.set(flag, text) };
  };
  const READ = { old: () => 'old', new: () => 'new' };
  const stageIn = ({ flags }: ShadowStage, defaultStage: MigrationStage) =>
    flags.migration('users', { targetingKey: 'ann' }, { read: READ, write: READ, defaultStage }).stage;
  /** A run of before, that has left what it knew. */
  const before = (stage: MigrationStage) => {
    const stages = files();
    const run = new ShadowStage({ users: migrationFlag(stage) }, {}, stages);
    stageIn(run, 'off');
    return { stages, kept: JSON.stringify(run.flags.snapshot()) };
  };

  it.each(
    (Object.keys(STAGES) as MigrationStage[]).flatMap((stage) =>
      (['nothing', 'its rules', 'the stage', 'another type', 'no flag'] as const).map((has) => ({ stage, has })),
    ),
  )('of a migration at $stage, with $has: no write goes where it is not read', async ({ stage, has }) => {
    const { stages, kept } = before(stage);
    const start = {
      nothing: () => new ShadowStage(undefined),
      'its rules': () => new ShadowStage(undefined, {}, undefined, kept),
      'the stage': () => new ShadowStage(undefined, {}, stages),
      'another type': () => new ShadowStage({ users: textFlag('off') }, {}, stages),
      'no flag': () => new ShadowStage({}, {}, stages),
    }[has]();
    await settled();
    expect(stageIn(start, has === 'nothing' ? stage : 'off')).toBe(stage);
    const said = start.world.logged.map(({ code }) => code);
    expect(said).toEqual(has === 'its rules' ? [] : ['STAGE_ASSUMED']);
  });
});
