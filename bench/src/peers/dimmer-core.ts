import { isEnabledOutcome, Ruleset, type Snapshot } from '@dimmer/core';
import { SPEED } from '@dimmer/core/speed';
import type { Library } from '../participant.ts';
import { PEOPLE_COUNT, type Person } from '../workload.ts';
import { toSnapshot } from './dimmer-snapshot.ts';

const MASK = PEOPLE_COUNT - 1;

/** The bare decision: no defaults, no counters, no guards. Shows what the client adds to it. */
export const dimmerCore: Library = {
  text: (plans) => JSON.stringify(toSnapshot(plans)),

  load(source) {
    const ruleset = new Ruleset({ speed: SPEED });
    ruleset.replace(JSON.parse(source.text) as Snapshot);
    const users = source.people.map(user);
    const answerOf = (key: string, index: number): unknown => {
      const flag = ruleset.get(key);
      return flag?.variation(flag.decide(users[index & MASK]))?.value;
    };
    return {
      enabled(key) {
        return (index) => {
          const flag = ruleset.get(key);
          return flag !== undefined && isEnabledOutcome(flag.decide(users[index & MASK]));
        };
      },
      text(key) {
        return (index) => answerOf(key, index);
      },
      json(key) {
        return (index) => answerOf(key, index);
      },
      all(keys) {
        return (index) => {
          const one = users[index & MASK];
          let trues = 0;
          for (const key of keys) {
            const flag = ruleset.get(key);
            if (flag !== undefined && isEnabledOutcome(flag.decide(one))) trues += 1;
          }
          return trues;
        };
      },
      close() {},
    };
  },
};

function user({ id, ...attributes }: Person) {
  return { targetingKey: id, ...attributes };
}
