/**
 * What the most expensive evaluations cost that rules and contexts can be made to: `npm run bench:worst`. Each ruleset is
 * as large as the server accepts, and its context as large as conditions read. An evaluation counts its steps
 * (docs/decisions/0117), and compiling is part of what they pay for (0145, 0173), so the figures stay where they are
 * however rules and contexts grow.
 */
import { evaluate, Ruleset } from '@dimmer/core';
import { explain } from '@dimmer/core/explain';
import { SPEED } from '@dimmer/core/speed';
import { describeMachine } from './machine.ts';
import { markdownTable } from './markdown.ts';
import { MANY_SMALL } from './worst-many.ts';
import { checkSize, LARGE_RULESETS, times, type WorstCase } from './worst-rulesets.ts';

/** How often each is timed: the first evaluation by a ruleset that has just been parsed, and one by a ruleset in use. */
const FRESH_ROUNDS = 6;
const WARM_ROUNDS = 9;

/** CPU time, ms: on a machine that others use, the clock counts their work. */
function timeOf(ask: () => unknown): number {
  const start = process.cpuUsage();
  ask();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1_000;
}

function median(figures: readonly number[]): number {
  return [...figures].sort((a, b) => a - b)[figures.length >> 1]!;
}

/**
 * CPU time of one evaluation and one explanation, ms: medians. Each first evaluation is by a ruleset parsed anew: a text that
 * has been looked up once is looked up faster. The very first is left out: it is the program's own code that is cold.
 */
function timeCase(given: WorstCase): { first: number; slowestFirst: number; later: number; why: number } {
  checkSize(given);
  const { flags, segments = {}, context, fallback = false } = given;
  const text = JSON.stringify({ schema: 1, hash: 1, id: '1.000000000000', at: 0, flags, segments });
  const fresh = (): Ruleset => {
    const ruleset = new Ruleset({ speed: SPEED });
    ruleset.replace(JSON.parse(text));
    return ruleset;
  };
  const rulesets = times(FRESH_ROUNDS + 1, fresh);
  const [, ...firsts] = rulesets.map((ruleset) => timeOf(() => evaluate(ruleset, 'f', fallback, context)));
  const laters = times(WARM_ROUNDS, () => timeOf(() => evaluate(rulesets[0]!, 'f', fallback, context)));
  const [, ...whys] = times(FRESH_ROUNDS + 1, fresh).map((ruleset) => timeOf(() => explain(ruleset, 'f', context)));
  return { first: median(firsts), slowestFirst: Math.max(...firsts), later: median(laters), why: median(whys) };
}

const rows = [...LARGE_RULESETS, ...MANY_SMALL].map((each) => {
  const { first, slowestFirst, later, why } = timeCase(each);
  return [each.title, ...[later, first, slowestFirst, why].map((ms) => ms.toFixed(2))];
});
const head = [
  'rules and context',
  'an evaluation, ms',
  'the first, ms',
  'the slowest of the first, ms',
  'explained, ms',
];
process.stdout.write(`${describeMachine()}\n\n${markdownTable(head, rows)}\n`);
