import { PARTS } from '@dimmer/core';
import { MIGRATION_STAGES, migrationStageAt } from '@dimmer/core/flag-types';
import { partsOf, percentOf } from '@dimmer/core/percent';
import type { Weights } from '../../api/weights.ts';

/** What each stage does, in a few words. */
export const STAGE_WORDS: { readonly [stage: string]: string } = {
  off: 'reads and writes the old side',
  'dual-write': 'writes both, reads old',
  shadow: 'reads old, compares with new',
  live: 'reads new, compares with old',
  'ramp-down': 'reads new, still writes both',
  complete: 'the old side is no longer written',
};

/** Where a migration stands: a stage for so many, and the one before it for the rest. */
export interface Stage {
  readonly stage: string;
  readonly percent: number;
}

/** @returns null where people are at stages that are not neighbours: that is no one stage */
export function stageOf(weights: Weights): Stage | null {
  const held = MIGRATION_STAGES.filter((stage) => (weights.get(stage) ?? 0) > 0);
  const last = held.at(-1);
  if (last === undefined || held.length > 2) return null;
  if (held.length === 2 && migrationStageAt(last) !== migrationStageAt(held[0] as string) + 1) return null;
  return { stage: last, percent: percentOf(weights.get(last) ?? 0) };
}

/** The parts that a stage with a percentage means. */
export function stageWeights({ stage, percent }: Stage): Map<string, number> {
  const parts = partsOf(percent);
  const before = MIGRATION_STAGES[migrationStageAt(stage) - 1];
  if (before === undefined || parts === PARTS) return new Map([[stage, PARTS]]);
  return new Map([
    [stage, parts],
    [before, PARTS - parts],
  ]);
}
