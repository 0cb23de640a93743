import {
  HASH_VERSION,
  type LaunchDials,
  type LaunchStage,
  type MigrationStage,
  type RulesetFlag,
  SCHEMA_VERSION,
  type Snapshot,
} from '@dimmer/client';
import { LAUNCH_STAGES, MIGRATION_STAGES } from '@dimmer/core/flag-types';

/** Where everybody is. What is not named is not there: launches run control, migrations go by `defaultStage`. */
export interface TestStages {
  readonly launches?: { readonly [key: string]: LaunchStage } | undefined;
  readonly migrations?: { readonly [key: string]: MigrationStage } | undefined;
}

const MANY = 1_000_000_000;

/** No brake: a test is about what the code does, whatever else the machine is doing. Control runs once. */
const FREE: LaunchDials = {
  samplePercent: 100,
  noisePercent: 0,
  maxInFlight: MANY,
  maxPerMinute: MANY,
  maxBlockMs: MANY,
  maxBusyPercent: 100,
  maxLagMs: MANY,
};

/** Rules that have everybody at these stages. */
export function rulesAt({ launches, migrations }: TestStages, revision: number): Snapshot {
  const flags: [string, RulesetFlag][] = [
    ...Object.entries(launches ?? {}).map(([key, stage]) => [key, flagAt('launch', LAUNCH_STAGES, stage)] as const),
    ...Object.entries(migrations ?? {}).map(
      ([key, stage]) => [key, flagAt('migration', MIGRATION_STAGES, stage)] as const,
    ),
  ].map(([key, flag]) => [key, flag]);
  const id = `${revision}.${revision.toString(16).padStart(12, '0')}`;
  return {
    schema: SCHEMA_VERSION,
    hash: HASH_VERSION,
    id,
    at: Date.now(),
    flags: Object.fromEntries(flags),
    segments: {},
  };
}

function flagAt(type: 'launch' | 'migration', stages: readonly string[], stage: string): RulesetFlag {
  return {
    type,
    variations: stages.map((key) => ({ key, value: key })),
    on: true,
    off: 'off',
    seed: 'test',
    fallthrough: { variation: stage },
    dials: FREE,
  };
}
