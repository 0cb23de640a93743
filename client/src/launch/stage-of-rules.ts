/** One stage for everybody, where the rules that gave each their own are gone. */
import type { MigrationStage, RulesetFlag, Serve } from '@dimmer/core';
import { MIGRATION_TABLE } from './migration-table.ts';

/** In the order in which they are walked. */
const STAGES = Object.keys(MIGRATION_TABLE) as readonly MigrationStage[];

/** Whether a word is a stage that this SDK knows. */
export function isStage(word: unknown): word is MigrationStage {
  return typeof word === 'string' && Object.hasOwn(MIGRATION_TABLE, word);
}

/**
 * The stage at which nothing is lost, whoever was where: the earliest that anybody is at, because it reads what all have
 * written; but both sides are written as soon as anybody writes both, and the new one is read where some no longer write
 * the old. Undefined if the rules serve none.
 */
export function stageOfRules(definition: RulesetFlag): MigrationStage | undefined {
  const places = variationsServed(definition)
    .filter(isStage)
    .map((stage) => STAGES.indexOf(stage))
    .sort((a, b) => a - b);
  const [earliest, latest] = [places[0], places.at(-1)];
  if (earliest === undefined || latest === undefined) return undefined;
  if (earliest === latest) return STAGES[earliest];
  if (STAGES[earliest] === 'off') return 'dual-write';
  return STAGES[latest] === 'complete' ? 'ramp-down' : STAGES[earliest];
}

function variationsServed({ on, off, prerequisites = [], targets = [], rules = [], fallthrough }: RulesetFlag) {
  if (!on) return [off];
  return [
    ...(prerequisites.length > 0 ? [off] : []),
    ...targets.map(({ variation }) => variation),
    ...rules.flatMap(({ serve }) => servedBy(serve)),
    ...servedBy(fallthrough),
  ];
}

function servedBy(serve: Serve): string[] {
  if ('variation' in serve) return [serve.variation];
  return serve.slices.filter(({ parts }) => parts > 0).map(({ variation }) => variation);
}
