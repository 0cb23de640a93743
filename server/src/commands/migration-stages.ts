import type { TargetingBody, Warning } from '@dimmer/contract';
import type { Slice } from '@dimmer/core';
import { MIGRATION_STAGES, migrationStageAt } from '@dimmer/core/flag-types';
import { type Draft, subjectOf } from '../documents/document.ts';
import type { Documents } from '../state/documents.ts';

// Why: decision 0062.
const FIRST = 0;
const LAST = MIGRATION_STAGES.length - 1;

/**
 * What somebody should know who moves a migration from one targeting to another, by whatever command: also by a kill or
 * a revert. Nothing is refused: on call, going back must be possible in one act, and a person who skips a stage may
 * know that nothing is written.
 */
export function stageWarnings(draft: Draft, before: Documents, after: Documents): Warning[] {
  const { kind, project, environment, body } = draft;
  if (kind !== 'targeting' || body === null || project === null || environment === null) return [];
  const key = subjectOf(draft);
  const was = before.targeting(project, key, environment)?.body;
  if (was === undefined || after.flag(project, key)?.body.type !== 'migration') return [];
  return warningsOfMove(stagesServed(was), stagesServed(body));
}

function warningsOfMove(was: readonly number[], is: readonly number[]): Warning[] {
  const warnings: Warning[] = [];
  const next = MIGRATION_STAGES[Math.max(...was) + 1];
  if (Math.max(...is) > Math.max(...was) + 1) {
    warnings.push({
      code: 'STAGE_SKIPPED',
      message: `The next stage would have been "${next}". While this change travels, processes at the old and the new stage do not get along: what one writes, the other may not read.`,
    });
  }
  const goesBack = Math.min(...is) < Math.min(...was) || Math.max(...is) < Math.max(...was);
  if (goesBack && was.includes(LAST)) {
    warnings.push({
      code: 'STAGE_LEFT_COMPLETE',
      message:
        'At "complete" the old side is no longer written: what has been written since is on the new side only. Copy it back before anybody reads the old side.',
    });
  } else if (goesBack && is.includes(FIRST) && (!was.includes(FIRST) || Math.max(...is) === FIRST)) {
    warnings.push({
      code: 'STAGE_BACK_TO_OFF',
      message:
        'At "off" the new side is no longer written: what it has grows old from now on. Before the next walk, empty it, or copy everything again over what is there.',
    });
  }
  return warnings;
}

/** Places in the walk that anybody may be at. What a newer server may have written is passed over: a kill must go through. */
function stagesServed({ on, off, fallthrough, rules, targets }: TargetingBody): number[] {
  const keys = on
    ? [
        ...variationsOf(fallthrough),
        ...rules.flatMap(({ serve }) => variationsOf(serve)),
        ...targets.map(({ variation }) => variation),
      ]
    : [off];
  const places = keys.map(migrationStageAt).filter((place) => place >= FIRST);
  return places.length > 0 ? places : [FIRST];
}

function variationsOf(serve: { readonly variation?: string; readonly slices?: readonly Slice[] }): string[] {
  if (serve.variation !== undefined) return [serve.variation];
  return (serve.slices ?? []).filter(({ parts }) => parts > 0).map(({ variation }) => variation);
}
