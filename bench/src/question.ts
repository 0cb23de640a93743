import type { Loaded, Question } from './participant.ts';
import type { Scenario } from './scenarios.ts';

/** The question that a scenario asks of a loaded library. */
export function questionOf(scenario: Scenario, loaded: Loaded): Question<unknown> {
  switch (scenario.call) {
    case 'enabled':
      return loaded.enabled(scenario.flag);
    case 'text':
      return loaded.text(scenario.flag);
    case 'json':
      return loaded.json(scenario.flag);
    case 'all':
      return loaded.all([...scenario.plans().keys()]);
  }
}

/**
 * Asks `count` times and answers how often `counted` was the answer. Counting keeps the engine from leaving out calls
 * whose answers nobody uses. A library that answers later is awaited call by call, as its callers do.
 */
export function ask(question: Question<unknown>, count: number, counted: unknown): number | Promise<number> {
  if (question(0) instanceof Promise) return askLater(question as (index: number) => Promise<unknown>, count, counted);
  let hits = 0;
  for (let index = 0; index < count; index += 1) if (question(index) === counted) hits += 1;
  return hits;
}

async function askLater(
  question: (index: number) => Promise<unknown>,
  count: number,
  counted: unknown,
): Promise<number> {
  let hits = 0;
  for (let index = 0; index < count; index += 1) if ((await question(index)) === counted) hits += 1;
  return hits;
}
