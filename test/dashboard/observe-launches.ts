import { bucketOf } from '@dimmer/core/histogram';
import type { FurnishedServer } from './furnish.ts';

const SECOND = 1_000;
const none = { same: 0, different: 0, ignored: 0, failed: 0 };
/** So many calls, most of them as long as `ms`, one in a hundred ten times as long. */
const took = (calls: number, ms: number) => [
  ...[bucketOf(ms), calls - Math.ceil(calls / 100)],
  ...[bucketOf(10 * ms), Math.ceil(calls / 100)],
];
const path = (variation: string, name: string, role: string, calls: number, ms: number, more: object = {}) => ({
  variation,
  path: name,
  role,
  calls,
  errors: {},
  latency: took(calls, ms),
  ...more,
});

/**
 * What SDKs tell of the launch and the migration of `furnish`: two versions, of which the older one is wrong; three
 * instances, of which one fails; differences, noise, what was not compared, shadows that did not run, harm.
 */
export async function observeLaunches(server: FurnishedServer): Promise<void> {
  const now = Date.now();
  const price = (different: number, errors: object, more: object = {}) => ({
    flag: 'price-engine',
    paths: [
      path('dark', 'control', 'answer', 2_000, 12),
      path('dark', 'candidate', 'shadow', 1_200, 9, { errors, errorUnits: [], hanging: 4 }),
      path('live', 'candidate', 'answer', 40, 9),
    ],
    compared: { same: 1_100 - different, different, ignored: 40, failed: 60 },
    noise: { ...none, same: 398, different: 2 },
    notCompared: { unread: 45, large: 15 },
    ignoredWhole: 12,
    candidates: [other('cached', 0), other('vector', 30)],
    shed: { held: 640, lag: 90, inFlight: 70 },
    clusters:
      different > 0
        ? [
            { path: '/lines/*/price', kind: 'value', count: different - 5, samples: [sample('12.35', '12.34', now)] },
            { path: '/tax', kind: 'missing', count: 5, samples: [sample('{"rate":0.19,"of":"DE"}', '', now)] },
          ]
        : [],
    switchback: {
      worse: 70,
      better: 24,
      with: took(600, 13),
      without: took(600, 12),
      sharePercent: 2,
      stops: 1,
      harmedAtPercent: 8,
    },
    ...more,
  });
  const addresses = {
    flag: 'addresses-v2',
    paths: [
      path('dual-write', 'control', 'answer', 900, 3, { operation: 'read' }),
      path('dual-write', 'control', 'answer', 120, 4, { operation: 'write' }),
      path('dual-write', 'candidate', 'shadow', 120, 6, { operation: 'write', errors: { ETIMEDOUT: 3 } }),
    ],
    compared: none,
    noise: none,
    shed: {},
    clusters: [],
  };
  await tell(server, now, 'checkout@1.4.1', 'web-1', price(240, {}));
  await tell(server, now, 'checkout@1.4.2', 'web-2', price(0, {}));
  await tell(server, now, 'checkout@1.4.2', 'web-3', price(0, { ECONNREFUSED: 60 }), addresses);
}

/** A further candidate. */
function other(name: string, different: number) {
  const paths = [path('dark', 'candidate', 'shadow', 400, 7)];
  return { name, paths, compared: { ...none, same: 400 - different, different }, shed: {}, clusters: [] };
}

function sample(control: string, candidate: string, at: number) {
  return { control, candidate, at };
}

async function tell(server: FurnishedServer, now: number, application: string, instance: string, ...seen: object[]) {
  const launches = seen.map((each) => ({ id: '1.aaaaaaaaaaaa', from: now - 10 * SECOND, to: now, ...each }));
  const response = await fetch(`${server.url}/sdk/v1/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.keysOf('production').server}`, 'content-type': 'application/json' },
    body: JSON.stringify({ batch: `${application} ${instance}`, application, instance, launches }),
  });
  const answer = await response.text();
  if (/refused|error/.test(answer)) throw new Error(`The server does not take what was observed: ${answer}`);
}
