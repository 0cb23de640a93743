import { decideTyped, describe, type EvaluationContext, Ruleset, type Snapshot, servedValue } from '@dimmer/core';
import fc from 'fast-check';
import { loadDecisions } from '../vectors/vectors.ts';
import type { Findings } from './fault.ts';
import { hostile } from './hostile-json.ts';

/** One thing that takes longer than this holds up a host. */
const HANG_MS = 100;

/** What must not be trusted in a context: it comes from the host's own code, which may do anything. */
const CONTEXTS: readonly unknown[] = [
  ...[undefined, null, 7, 'user', [], { targetingKey: null }, { targetingKey: {} }, { targetingKey: Number.NaN }],
  {
    get targetingKey(): string {
      throw new Error('a getter that throws');
    },
  },
  new Proxy(
    {},
    {
      get() {
        throw new Error('a proxy that throws');
      },
    },
  ),
  Object.create(null),
  cyclic(),
  { targetingKey: 'u', plan: Symbol('s'), a: 1n, b: () => 1, c: new Date(Number.NaN), d: 'x'.repeat(100_000) },
];

/**
 * Hands snapshots and patches with errors in them to the loader, and contexts with traps in them to the evaluator.
 *
 * @returns how many were tried
 */
export function tryHostileRules(cases: number, findings: Findings): number {
  const valid = loadDecisions();
  const snapshots = valid.map(({ ruleset }) => ruleset);
  const contexts = [...CONTEXTS, ...valid.flatMap(({ cases: all }) => all.slice(0, 3).map(({ context }) => context))];
  let tried = 0;
  const careful = (what: string, work: () => void) => {
    tried += 1;
    const startedAt = performance.now();
    try {
      work();
    } catch (error) {
      findings.expect(false, `${what} threw ${(error as Error).message}`);
    }
    const tookMs = performance.now() - startedAt;
    findings.expectInTime(tookMs <= HANG_MS, `${what} took more than ${HANG_MS} ms`);
  };
  fc.assert(
    fc.property(
      hostile(snapshots),
      fc.constantFrom(...snapshots),
      fc.constantFrom(...contexts),
      (bad, good, context) => {
        const ruleset = new Ruleset({ clock: () => 1_760_000_000_000 });
        ruleset.replace(good);
        careful('a snapshot', () => ruleset.replace(bad as Snapshot));
        const patch = { ...(bad as object), from: ruleset.id };
        careful('a patch', () => ruleset.patch(patch as never));
        for (const key of ['__proto__', ...Object.keys(ruleset.snapshot().flags)].slice(0, 30))
          careful('an evaluation', () => evaluate(ruleset, key, context));
      },
    ),
    { numRuns: cases },
  );
  return tried;
}

function evaluate(ruleset: Ruleset, key: string, context: unknown): void {
  const flag = ruleset.get(key);
  if (flag === undefined) return;
  flag.decide(context as EvaluationContext);
  const outcome = decideTyped(flag, 'default', context as EvaluationContext);
  servedValue(flag, outcome, 'default');
  describe(ruleset, flag, outcome, 'default', undefined);
}

function cyclic(): object {
  const context: Record<string, unknown> = { targetingKey: 'u' };
  context.self = context;
  context.plan = [context];
  return context;
}
