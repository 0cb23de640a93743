/**
 * The types of flags, and the stages that those of a launch and of a migration walk. Whatever else lists them, or asks
 * what a stage means, asks here. An entry of its own: applications' pages do not carry it.
 */
import type { LaunchStage, MigrationStage } from './launch.ts';
import type { FlagType } from './model.ts';

/** Every type of flag, in the order in which they are offered. */
export const FLAG_TYPES = [
  'boolean',
  'string',
  'number',
  'json',
  'launch',
  'migration',
] as const satisfies readonly FlagType[];

/** The stages of a launch, in the order in which they are walked. They are its variations: key and value are the same word. */
export const LAUNCH_STAGES = ['off', 'dark', 'live'] as const satisfies readonly LaunchStage[];

/** The stages of a migration, in the order in which they are walked. They are its variations as well. */
export const MIGRATION_STAGES = [
  'off',
  'dual-write',
  'shadow',
  'live',
  'ramp-down',
  'complete',
] as const satisfies readonly MigrationStage[];

/** The stages of a type of flag, in their order; of a type that has none, none. */
export function stagesOf(type: string): readonly string[] {
  return type === 'launch' ? LAUNCH_STAGES : type === 'migration' ? MIGRATION_STAGES : [];
}

/** Where a stage stands in the walk of a migration, from 0; −1: it is none. */
export function migrationStageAt(stage: string): number {
  return (MIGRATION_STAGES as readonly string[]).indexOf(stage);
}

/** Whether a flag chooses between two codes, so that it has stages, shadows and a report. */
export function hasStages<Type extends string>(type: Type): type is Type & ('launch' | 'migration') {
  return type === 'launch' || type === 'migration';
}

/** Whether callers get the candidate's answer at a stage, of a launch or a migration. */
export function answersByCandidate(stage: string): boolean {
  return stage === 'live' || stage === 'ramp-down' || stage === 'complete';
}

/** Whether reads at a stage of a migration go to both sides and are compared. */
export function comparesReads(stage: string): boolean {
  return stage === 'shadow' || stage === 'live';
}
