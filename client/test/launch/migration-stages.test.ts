/** Which stage a migration is at where the rules do not say: the last that was known, or what the application says. */
import type { EvaluationContext, MigrationStage, RulesetFlag } from '@dimmer/core';
import { describe, expect, it } from 'vitest';
import { textFlag } from '../fake/rules.ts';
import { launchFlag, migrationFlag, ShadowStage } from '../fake/shadow-stage.ts';

const READ = { old: () => 'old', new: () => 'new' };

/** A disk that outlives processes. */
class Disk {
  readonly files = new Map<string, string>();
  readonly read = (flag: string) => this.files.get(flag);
  readonly write = async (flag: string, text: string) => void this.files.set(flag, text);
}

/** A process with these rules of the server's. */
function start(rules: { readonly [key: string]: RulesetFlag }, disk?: Disk) {
  const stage = new ShadowStage(rules, {}, disk);
  let revision = 7;
  return {
    stage,
    logged: stage.world.logged,
    at: (context: EvaluationContext | undefined = { targetingKey: 'ann' }, defaultStage: MigrationStage = 'off') =>
      stage.flags.migration('users', context, { read: READ, write: READ, defaultStage }),
    /** The server changes or takes away the flag. */
    change(users: RulesetFlag | null) {
      const from = `${revision}.aaaaaaaaaaaa`;
      const id = `${++revision}.aaaaaaaaaaaa`;
      const patch = { schema: 1, hash: 1, from, id, at: Date.now() + revision, flags: { users }, segments: {} };
      stage.world.stream.sink.event('patch', JSON.stringify(patch));
    },
  };
}

/** A process that has heard nothing of the server yet, and never may. */
function startAlone(disk?: Disk, { kept }: { kept?: string } = {}) {
  const alone = new ShadowStage(undefined, {}, disk, kept);
  return {
    stage: alone,
    logged: alone.world.logged,
    at: (defaultStage: unknown) =>
      alone.flags.migration(
        'users',
        { targetingKey: 'ann' },
        {
          read: READ,
          write: READ,
          defaultStage: defaultStage as MigrationStage,
        },
      ),
  };
}

const saidOf = (logged: readonly { code: string; detail: string }[], code: string) =>
  logged.filter((said) => said.code === code).map(({ detail }) => detail);

describe('without rules', () => {
  it('the last stage that was known decides, also of a former run', async () => {
    const disk = new Disk();
    start({ users: migrationFlag('live') }, disk).at();
    const { at, logged } = startAlone(disk);
    const users = at('off');
    expect([users.stage, await users.read(undefined), await users.write(undefined)]).toEqual(['live', 'new', 'new']);
    expect(saidOf(logged, 'STAGE_ASSUMED')).toEqual([
      'users: there are no rules yet; at "live", the last that was known',
    ]);
  });

  it('and where nothing is known `defaultStage` does', () => {
    const { at, logged } = startAlone();
    expect(at('ramp-down').stage).toBe('ramp-down');
    expect(saidOf(logged, 'STAGE_ASSUMED')).toEqual([
      'users: there are no rules yet; at "ramp-down", by `defaultStage`',
    ]);
  });

  it.each([undefined, null, 'done', 7, 'constructor'])('%j is no stage: `off`, and the log says so', (defaultStage) => {
    const { at, logged } = startAlone();
    expect(at(defaultStage).stage).toBe('off');
    expect(saidOf(logged, 'LAUNCH_UNUSABLE')).toEqual([
      'users: `defaultStage` has to name a stage; without rules, `off` would stand in',
    ]);
  });

  it('reads and writes are measured all the same', async () => {
    const { stage, at } = startAlone();
    const users = at('dual-write');
    await users.write(undefined);
    const { paths } = await stage.summary();
    expect(paths.map(({ path, variation }) => `${path} ${variation}`)).toEqual([
      'control dual-write',
      'candidate dual-write',
    ]);
  });
});

describe('when the flag goes while the process runs', () => {
  it.each([
    ['archived', null],
    ['a launch', launchFlag('live')],
    ['a text', textFlag('off')],
  ])('%s: it stays at the stage that was last', (_, successor) => {
    const { at, change, logged } = start({ users: migrationFlag('shadow') });
    at();
    change(migrationFlag('live'));
    // Nobody has asked between the two.
    change(successor);
    expect(at().stage).toBe('live');
    expect(saidOf(logged, 'STAGE_ASSUMED')).toHaveLength(1);
  });

  it('it obeys the flag again when it is back', () => {
    const { at, change } = start({ users: migrationFlag('live') });
    at();
    change(null);
    change(migrationFlag('shadow'));
    expect(at().stage).toBe('shadow');
  });

  it('a kill is an answer of the rules, and what is known last from then on', () => {
    const { at, change } = start({ users: migrationFlag('live') });
    at();
    change({ ...migrationFlag('live'), on: false });
    expect(at().stage).toBe('off');
    change(null);
    expect(at().stage).toBe('off');
  });
});

describe('what is kept', () => {
  it('is the stage at which nothing is lost, where people were at several', () => {
    const shares = (...stages: MigrationStage[]): RulesetFlag => ({
      ...migrationFlag('off'),
      fallthrough: { slices: stages.map((variation) => ({ variation, parts: 100_000 / stages.length })) },
    });
    const kept = (flag: RulesetFlag) => {
      const { at, change } = start({ users: flag });
      at();
      change(null);
      return at().stage;
    };
    expect([
      ...[kept(shares('off', 'dual-write')), kept(shares('dual-write', 'shadow')), kept(shares('shadow', 'live'))],
      ...[kept(shares('live', 'ramp-down')), kept(shares('ramp-down', 'complete')), kept(shares('off', 'live'))],
    ]).toEqual(['dual-write', 'dual-write', 'shadow', 'live', 'ramp-down', 'dual-write']);
    const live = migrationFlag('live');
    const testers = { id: 'r', when: [], serve: { variation: 'live' } };
    expect(kept({ ...migrationFlag('shadow'), rules: [testers] })).toBe('shadow');
    expect(kept({ ...migrationFlag('shadow'), targets: [{ variation: 'live', keys: ['ann'] }] })).toBe('shadow');
    expect(kept({ ...live, prerequisites: [{ flag: 'other', variations: ['on'] }] })).toBe('dual-write');
  });

  it('stands in for a context by which the rules cannot decide', () => {
    const shares = [
      { variation: 'live', parts: 10_000 },
      { variation: 'shadow', parts: 90_000 },
    ];
    const { at, logged } = start({ users: { ...migrationFlag('shadow'), fallthrough: { slices: shares } } });
    expect(at({}).stage).toBe('shadow');
    expect(saidOf(logged, 'STAGE_ASSUMED')).toEqual([
      'users: its rules name no stage for this context; at "shadow", the last that was known',
    ]);
  });

  it('is better than rules of a former run, or of the application, that are older', () => {
    const disk = new Disk();
    const { at, change, stage } = start({ users: migrationFlag('dual-write') }, disk);
    const older = JSON.stringify(stage.flags.snapshot());
    change(migrationFlag('live'));
    at();
    const next = startAlone(disk, { kept: older });
    expect(next.at('off').stage).toBe('live');
    expect(saidOf(next.logged, 'STAGE_ASSUMED')).toEqual([
      'users: the rules that are held are older than it; at "live", the last that was known',
    ]);
  });

  it('is not changed by a process that has heard of older rules only', async () => {
    const disk = new Disk();
    const { at, change } = start({ users: migrationFlag('dual-write') }, disk);
    change(migrationFlag('live'));
    at();
    start({ users: migrationFlag('shadow') }, disk).at();
    expect(startAlone(disk).at('off').stage).toBe('live');
  });

  it.each(['', '{', 'null', '7', '{"flag":"users","stage":"done","at":1}', '{"flag":"other","stage":"live","at":1}'])(
    'and has become %j is as if it were not there',
    (text) => {
      const disk = new Disk();
      disk.files.set('users', text);
      expect(startAlone(disk).at('shadow').stage).toBe('shadow');
    },
  );
});
