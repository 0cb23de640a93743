/** How often which flag served which variation since the last report, in the slots of the flags themselves. */
import type { Replica } from './replica.ts';
import type { Count, Summary } from './reporter.ts';

/** Unknown flag keys that are counted; further ones are not. */
const MAX_UNKNOWN = 100;

export interface Counters {
  /** Counts a question for a key that no flag has. */
  readonly countUnknown: (key: string) => void;
  /** All since the last time, by the rules that decide now; and begins again at zero. */
  readonly drain: () => Summary;
}

export function createCounters({ ruleset, serverNow }: Pick<Replica, 'ruleset' | 'serverNow'>): Counters {
  const unknown = new Map<string, number>();
  let since = serverNow();
  return {
    countUnknown(key) {
      if (unknown.size < MAX_UNKNOWN || unknown.has(key)) unknown.set(key, (unknown.get(key) ?? 0) + 1);
    },
    drain() {
      const counts: Count[] = [];
      const add = (flag: string, variation: string | undefined, count: number): void => {
        counts.push({ flag, variation: variation ?? null, count });
      };
      ruleset.drain(add);
      for (const [flag, count] of unknown) add(flag, undefined, count);
      unknown.clear();
      const to = serverNow();
      // A clock may have been set back in between.
      const from = Math.min(since, to);
      since = to;
      return { id: ruleset.id, from, to, counts };
    },
  };
}
