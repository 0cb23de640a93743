/** A client for tests: at the stages that the test says, with no server, no brakes, and every outcome to look at. */
import {
  answerWithin,
  type ClientDeps,
  createDimmerClient,
  createShadowing,
  DEFAULTS,
  ERROR_MESSAGES,
  type LaunchOutcome,
  type Logger,
  launchingIn,
  type MigratingClient,
  migratingWith,
  type ShadowWorld,
} from '@dimmer/client';
import { createLog } from './log.ts';
import { MismatchError } from './mismatch-error.ts';
import { createNodeShadows } from './node-shadows.ts';
import { createStagedRules } from './staged-rules.ts';
import type { TestStages } from './test-rules.ts';

export type { TestStages } from './test-rules.ts';

export interface TestOptions extends TestStages {
  /** Whether `shadowsSettled` rejects if results are not alike, or were not compared. Default true. */
  readonly raises?: boolean | undefined;
  /** Where warnings go. Default: the console. `false`: nowhere. */
  readonly logger?: Logger | false | undefined;
}

export interface TestClient extends MigratingClient {
  /** Puts everybody at other stages; those that are not named stay where they are. */
  setStages(stages: TestStages): void;
  /** What came of each call with a shadow since the client was made, or since `forgetOutcomes`; the first 10,000, oldest first. */
  readonly outcomes: readonly LaunchOutcome<unknown>[];
  forgetOutcomes(): void;
  /**
   * Resolves when no shadow is under way and all of them have been compared.
   *
   * @throws MismatchError by rejecting, if any since the last time was not alike or not compared, unless `raises` is false
   */
  shadowsSettled(): Promise<void>;
}

const MOST_OUTCOMES = 10_000;

/** Taken before a test puts clocks of its own in their place. */
const later = setImmediate;

/**
 * Makes one. It needs no `ready()`, connects to nothing, keeps nothing, and has nothing to close. Shadows run for every
 * call, one after the other, whatever the machine is doing.
 *
 * @example
 * const flags = createTestClient({ launches: { 'price-engine': 'dark' } });
 * await priceOf(basket, flags);
 * await flags.shadowsSettled(); // throws if the candidate came to something else
 */
export function createTestClient({ launches, migrations, raises = true, logger }: TestOptions = {}): TestClient {
  let outcomes: LaunchOutcome<unknown>[] = [];
  let unraised: LaunchOutcome<unknown>[] = [];
  const log = createLog(logger);

  const world: ShadowWorld = {
    ...createNodeShadows(Number.POSITIVE_INFINITY),
    defer: (run) => void later(run),
    cpu: undefined,
    heapPercent: undefined,
  };
  const rules = createStagedRules({ launches, migrations });
  const deps: ClientDeps = {
    identity: { instance: 'test', sdk: 'node/testing' },
    now: Date.now,
    random: Math.random,
    after(delayMs, run) {
      const timer = setTimeout(run, delayMs).unref();
      return () => clearTimeout(timer);
    },
    // Reports go nowhere, and nobody has to be told.
    log: (code, detail) => code !== 'REPORTS_DROPPED' && log(code, detail),
    connect: () => ({
      stream: { open: () => () => {} },
      request: async () => ({ status: 202, retryAfterMs: 0, text: '{}' }),
    }),
    limits: { receiptShare: 0, receiptSpreadMs: 0, maxCounts: 0, maxLaunchLength: 0, maxPending: 0 },
    launching: launchingIn(world, {
      shadowing: createShadowing,
      migrating: migratingWith(undefined),
      limit: answerWithin,
    }),
    lifecycle({ replica }) {
      rules.feed(replica);
      return () => {};
    },
    messages: ERROR_MESSAGES,
  };
  const client = createDimmerClient({ ...DEFAULTS, reporting: false }, deps) as MigratingClient;

  /** The same options, with somebody who listens. */
  function heard<Options extends object>(options: Options): Options {
    const { onOutcome } = (options ?? {}) as { onOutcome?: (outcome: LaunchOutcome<unknown>) => unknown };
    return {
      ...options,
      onOutcome(outcome: LaunchOutcome<unknown>) {
        if (outcomes.length < MOST_OUTCOMES) outcomes.push(outcome);
        if (isDoubtful(outcome) && unraised.length < MOST_OUTCOMES) unraised.push(outcome);
        return onOutcome?.(outcome);
      },
    };
  }

  return {
    ...client,
    launch: (key, context, options) => client.launch(key, context, heard(options)),
    migration: (key, context, options) => client.migration(key, context, heard(options)),
    setStages: rules.setStages,
    get outcomes() {
      return outcomes;
    },
    forgetOutcomes() {
      outcomes = [];
      unraised = [];
    },
    async shadowsSettled() {
      await client.shadowsSettled();
      const raised = unraised;
      unraised = [];
      if (raises && raised.length > 0) throw new MismatchError(raised);
    },
  };
}

/** Neither alike nor, as a launch within a shadow, of no interest: a test must not pass on what was not compared. */
function isDoubtful({ compared, shed }: LaunchOutcome<unknown>): boolean {
  return compared !== 'same' && compared !== 'ignored' && shed !== 'nested';
}
