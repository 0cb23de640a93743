import { MOST_RULESET_BYTES } from '@dimmer/core';
import type { ChangeLog } from '../change-log/change-log.ts';
import type { Logger } from '../logger.ts';

/** Shares of what reaches an SDK at which the log hears of a ruleset, once each while it grows. */
const MARKS = [0.5, 0.75, 0.9, 1] as const;

/** Rulesets that the metrics name: the largest. */
const SHOWN = 100;

/** One environment's ruleset for servers, in bytes. */
export interface RulesetSize {
  readonly project: string;
  readonly environment: string;
  readonly bytes: number;
}

/**
 * Weighs every ruleset soon after the start, one environment a turn of the event loop, and tells the log when one grows
 * past a share of what reaches an SDK. Writes that come sooner weigh what they need themselves.
 *
 * @returns ends the watch
 */
export function watchWeights(changeLog: ChangeLog, logger: Logger): () => void {
  const { state, weights } = changeLog;
  const told = new Map<string, number>();
  let waiting: { project: string; environment: string }[] = [];
  let turn: NodeJS.Immediate | null = null;

  function look(): void {
    for (const { project, environment, bytes } of largestRulesets(changeLog)) {
      const name = `${project}/${environment}`;
      const mark = MARKS.findLast((share) => bytes >= share * MOST_RULESET_BYTES) ?? 0;
      if (mark > (told.get(name) ?? 0))
        logger.warn(
          mark === 1 ? 'A ruleset is too large: SDKs do not take it' : 'A ruleset comes near what SDKs take',
          { project, environment, bytes, limit: MOST_RULESET_BYTES },
        );
      told.set(name, mark);
    }
  }

  function weighNext(): void {
    const next = waiting.pop();
    turn = next === undefined ? null : setImmediate(weighNext);
    if (next === undefined) look();
    else if (state.environment(next.project, next.environment)) weights.total(next.project, next.environment);
  }

  function weighAll(): void {
    waiting = [];
    for (const { body: project } of state.projects())
      for (const { body } of state.environments(project.key))
        waiting.push({ project: project.key, environment: body.key });
    turn ??= setImmediate(weighNext);
  }

  weighAll();
  const unsubscribe = changeLog.subscribe(look, weighAll);
  return () => {
    unsubscribe();
    if (turn !== null) clearImmediate(turn);
  };
}

/** The largest rulesets that have been weighed, the largest first. */
export function largestRulesets({ weights }: ChangeLog): readonly RulesetSize[] {
  const found: RulesetSize[] = [];
  for (const [name, bytes] of weights.known()) {
    const [project, environment] = name.split('/') as [string, string];
    found.push({ project, environment, bytes });
  }
  return found.sort((one, other) => other.bytes - one.bytes).slice(0, SHOWN);
}
