import type { MigrationStage } from '@dimmer/core';
import type { FlagBody } from '../documents/flag.ts';
import type { StoredServe } from '../documents/rules.ts';
import type { TargetingBody } from '../documents/targeting.ts';
import type { Warning } from './refusal.ts';

/** The stages of a migration, in the order in which they are walked. */
export const MIGRATION_STAGES: readonly MigrationStage[] = [
  'off',
  'dual-write',
  'shadow',
  'live',
  'ramp-down',
  'complete',
];

const LAST = MIGRATION_STAGES.length - 1;

/**
 * What somebody should know who moves a migration from one targeting to another. Nothing is refused: on call, going back
 * must be possible in one act, and whoever skips a stage may know that nothing is written.
 */
export function stageWarnings(flag: FlagBody, before: TargetingBody, after: TargetingBody): Warning[] {
  if (flag.type !== 'migration') return [];
  const [was, is] = [stagesServed(before), stagesServed(after)];
  const warnings: Warning[] = [];
  if (Math.max(...is) > Math.max(...was) + 1) {
    const next = MIGRATION_STAGES[Math.max(...was) + 1];
    warnings.push({
      code: 'STAGE_SKIPPED',
      message: `The next stage would have been "${next}". While this change travels, processes at the old and the new stage do not get along: what one writes, the other may not read.`,
    });
  }
  if (was.includes(LAST) && Math.min(...is) < Math.min(...was)) {
    warnings.push({
      code: 'STAGE_LEFT_COMPLETE',
      message:
        'At "complete" the old side is no longer written: what has been written since is on the new side only. Copy it back before anybody reads the old side.',
    });
  }
  return warnings;
}

/** Places in the walk that anybody may be at. */
function stagesServed({ on, off, fallthrough, rules, targets }: TargetingBody): number[] {
  const keys = on
    ? [
        ...variationsOf(fallthrough),
        ...rules.flatMap(({ serve }) => variationsOf(serve)),
        ...targets.map(({ variation }) => variation),
      ]
    : [off];
  const places = keys.map((key) => MIGRATION_STAGES.indexOf(key as MigrationStage)).filter((place) => place >= 0);
  return places.length > 0 ? places : [0];
}

function variationsOf(serve: StoredServe): string[] {
  return 'variation' in serve
    ? [serve.variation]
    : serve.slices.filter(({ parts }) => parts > 0).map(({ variation }) => variation);
}
