/** A client on a fake world whose shadows wait in the wings until the test lets them on. */

import {
  answerWithin,
  createShadowing,
  type LaunchOptions,
  type LaunchParts,
  launchingIn,
  type MigratingClient,
  migratingWith,
  type ShadowWorld,
  type StageFiles,
} from '@dimmer/client';
import type { EvaluationContext, LaunchDials, LaunchSummary, RulesetFlag } from '@dimmer/core';
import { createDimmerClient } from '../../src/client.ts';
import { DEFAULTS } from '../../src/options.ts';
import { FakeWorld, settled } from './fake-world.ts';
import { snapshotOf } from './rules.ts';

const MIGRATION_STAGES = ['off', 'dual-write', 'shadow', 'live', 'ramp-down', 'complete'];

/** A launch that has everybody at one stage, or a share of the people there and the rest off. */
export function launchFlag(
  stage: string,
  { dials, parts = 100_000 }: { dials?: LaunchDials; parts?: number } = {},
): RulesetFlag {
  return stagedFlag('launch', ['off', 'dark', 'live'], stage, parts, dials);
}

/** A migration that has everybody at one stage. */
export function migrationFlag(stage: string, dials?: LaunchDials): RulesetFlag {
  return stagedFlag('migration', MIGRATION_STAGES, stage, 100_000, dials);
}

function stagedFlag(
  type: 'launch' | 'migration',
  stages: readonly string[],
  stage: string,
  parts: number,
  dials: LaunchDials | undefined,
): RulesetFlag {
  const slices = [{ variation: stage, parts }];
  if (parts < 100_000) slices.push({ variation: 'off', parts: 100_000 - parts });
  return {
    type,
    on: true,
    off: 'off',
    seed: 'seed',
    variations: stages.map((key) => ({ key, value: key })),
    fallthrough: parts === 100_000 ? { variation: stage } : { slices },
    ...(dials && { dials }),
  };
}

export class ShadowStage {
  readonly world = new FakeWorld();
  readonly waiting: (() => void)[] = [];
  heapPercent = 0;
  readonly flags: MigratingClient;
  #depth = 0;

  /**
   * @param rules what the server says; undefined: nothing
   * @param stages where the last stages of migrations are kept
   * @param kept rules of a former run
   */
  constructor(
    rules: { readonly [key: string]: RulesetFlag } | undefined,
    more: Partial<ShadowWorld & LaunchParts> = {},
    stages?: StageFiles,
    kept?: string,
    settings: Partial<typeof DEFAULTS> = {},
  ) {
    const { world } = this;
    world.kept = kept;
    const shadows: ShadowWorld = {
      clock: () => world.nowMs,
      defer: (run) => void this.waiting.push(run),
      shadowed: (code) => {
        this.#depth++;
        try {
          return code();
        } finally {
          this.#depth--;
        }
      },
      inShadow: () => this.#depth > 0,
      defersAtOnce: true,
      heapPercent: () => this.heapPercent,
      maxShadows: 100,
      ...more,
    };
    const parts: LaunchParts = {
      shadowing: createShadowing,
      migrating: migratingWith(stages),
      limit: answerWithin,
      ...more,
    };
    const deps = { ...world.deps, launching: launchingIn(shadows, parts) };
    this.flags = createDimmerClient({ ...DEFAULTS, ...settings }, deps) as MigratingClient;
    if (!rules) return;
    const rules0 = snapshotOf(rules, '7.aaaaaaaaaaaa');
    world.stream.sink.event('snapshot', JSON.stringify(rules0));
    world.stream.sink.event('ping', JSON.stringify({ id: rules0.id, at: world.nowMs }));
  }

  /** Lets on all shadows that wait, and those that they bring along; what they await settles. */
  async runShadows(): Promise<void> {
    await settled();
    while (this.waiting.length > 0) {
      this.waiting.shift()?.();
      await settled();
    }
  }

  /** Calls `launch` so many times, each with its shadow run. */
  async launch<Result, Prepared = Awaited<Result>>(
    options: LaunchOptions<Result, undefined, Prepared>,
    { times = 1, context = { targetingKey: 'ann' } as EvaluationContext } = {},
  ): Promise<Result | undefined> {
    let result: Result | undefined;
    for (let time = 0; time < times; time++) {
      result = this.flags.launch('pricing', context, options);
      await this.runShadows();
    }
    return result;
  }

  /** All that was reported until now, the rest flushed. */
  async reported(): Promise<readonly LaunchSummary[]> {
    await this.flags.close();
    return this.world.requests
      .filter(({ path }) => path === 'events')
      .flatMap(({ body }) => (JSON.parse(body ?? '{}').launches ?? []) as LaunchSummary[]);
  }

  /** What was reported of the only launch, all batches taken together. */
  async summary(): Promise<LaunchSummary> {
    const summaries = await this.reported();
    const [first] = summaries;
    if (!first || summaries.some(({ flag }) => flag !== first.flag)) throw new Error('not exactly one launch');
    return {
      ...first,
      paths: mergedPaths(summaries),
      compared: sum(summaries.map(({ compared }) => ({ ...compared }))) as unknown as LaunchSummary['compared'],
      noise: sum(summaries.map(({ noise }) => ({ ...noise }))) as unknown as LaunchSummary['noise'],
      shed: sum(summaries.map(({ shed }) => ({ ...shed }))),
      notCompared: sum(summaries.map(({ notCompared }) => ({ ...notCompared }))),
      clusters: summaries.flatMap(({ clusters }) => clusters),
    };
  }
}

function mergedPaths(summaries: readonly LaunchSummary[]): LaunchSummary['paths'] {
  const merged = new Map<string, LaunchSummary['paths'][number]>();
  for (const path of summaries.flatMap(({ paths }) => paths)) {
    const name = `${path.operation} ${path.variation} ${path.path} ${path.role}`;
    const before = merged.get(name);
    merged.set(
      name,
      before ? { ...before, calls: before.calls + path.calls, errors: sum([before.errors, path.errors]) } : path,
    );
  }
  return [...merged.values()];
}

function sum(all: readonly { readonly [name: string]: number }[]): { [name: string]: number } {
  const total: { [name: string]: number } = {};
  for (const each of all) {
    for (const [name, count] of Object.entries(each)) total[name] = (total[name] ?? 0) + count;
  }
  return total;
}
