import { createClient } from '@dimmer/node';
import type { Library } from '../participant.ts';
import { PEOPLE_COUNT, type Person } from '../workload.ts';
import { toSnapshot } from './dimmer-snapshot.ts';

const MASK = PEOPLE_COUNT - 1;

/** Our Node SDK as an application uses it: guards, defaults, type checks, and every evaluation counted. */
export const dimmer: Library = {
  text: (plans) => JSON.stringify(toSnapshot(plans)),

  load(source) {
    const client = createClient({
      // The sink has no stream to offer: the client decides by its bootstrap and tries again rarely.
      url: source.sinkUrl,
      key: 'sdk_bench',
      bootstrap: source.text,
      cache: false,
      logger: false,
    });
    const users = source.people.map(user);
    return {
      enabled(key) {
        return (index) => client.isEnabled(key, users[index & MASK]);
      },
      text(key) {
        return (index) => client.value(key, '', users[index & MASK]);
      },
      json(key) {
        return (index) => client.value(key, {}, users[index & MASK]);
      },
      all(keys) {
        return (index) => {
          const one = users[index & MASK];
          let trues = 0;
          for (const key of keys) if (client.isEnabled(key, one)) trues += 1;
          return trues;
        };
      },
      close: () => client.close(),
    };
  },
};

function user({ id, ...attributes }: Person) {
  return { targetingKey: id, ...attributes };
}
