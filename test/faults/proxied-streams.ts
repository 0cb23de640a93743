import { createClient } from '@dimmer/node';
import { type Fault, Findings } from './fault.ts';
import { FaultStage } from './fault-stage.ts';
import { isInstalled } from './installed.ts';
import { RawFollower } from './raw-follower.ts';
import { PROXIES, ReverseProxy } from './reverse-proxy.ts';
import { pause, waitUntil } from './waiting.ts';

const SIZES = { short: { idleMs: 500, changes: 3 }, long: { idleMs: 600_000, changes: 100 } } as const;
const STREAMS = 10;
const FIRST_EVENT_MS = 1_000;
const CHANGE_MS = 1_000;
const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

const here = PROXIES.filter(({ program }) => isInstalled(program));
const absent = [...new Set(PROXIES.filter((kind) => !here.includes(kind)).map(({ program }) => program))];

export const proxiedStreams: Fault = {
  id: 'F29',
  sentence: 'behind nginx and HAProxy events come at once, and idle streams are not cut',
  missing: () =>
    here.length > 0 ? null : 'neither nginx nor haproxy is installed (Debian: apt install nginx-light haproxy)',
  async run(size, say) {
    const { idleMs, changes } = SIZES[size];
    const findings = new Findings();
    const stage = await FaultStage.open({});
    let slowestMs = 0;
    let broken = 0;
    try {
      if (absent.length > 0) findings.note(`NOT TRIED, because it is not installed: ${absent.join(', ')}`);
      await Promise.all(
        here.map(async (kind) => {
          const proxy = await ReverseProxy.start(kind, stage.server.url);
          const startedAt = performance.now();
          const followers = Array.from({ length: STREAMS }, () => new RawFollower(proxy.url, stage.key));
          const client = createClient({ url: proxy.url, key: stage.key, cache: false, logger: SILENT });
          let states = 0;
          try {
            await waitUntil(() => followers.every(({ id }) => id !== ''), 10 * FIRST_EVENT_MS);
            const firstMs = Math.round(performance.now() - startedAt);
            findings.expectInTime(firstMs <= FIRST_EVENT_MS, `${kind.name}: the first event came after ${firstMs} ms`);
            await client.ready();
            const forget = client.on('status', () => {
              states += 1;
            });
            await pause(idleMs);
            for (let each = 0; each < changes; each += 1) {
              const { id } = await stage.admin.rollout('flag-0', Math.floor(Math.random() * 100_000));
              const has = () =>
                followers.every((follower) => atLeast(follower.id, id)) && atLeast(client.status().id, id);
              const took = await waitUntil(has, 10 * CHANGE_MS);
              findings.expect(took !== null, `${kind.name}: a change did not come`);
              findings.expectInTime(Number(took) <= CHANGE_MS, `${kind.name}: a change took ${took} ms`);
              slowestMs = Math.max(slowestMs, took ?? Number.POSITIVE_INFINITY);
            }
            forget();
            const lost = followers.reduce((sum, follower) => sum + follower.lost, 0) + states;
            findings.expect(lost === 0, `${kind.name}: ${lost} streams broke`);
            broken += lost;
            say(`${kind.name}: first event after ${firstMs} ms, ${idleMs / 1_000} s idle, ${changes} changes`);
          } finally {
            for (const follower of followers) follower.close();
            await client.close();
            await proxy.stop();
          }
        }),
      );
      return {
        tried: `${here.map(({ name }) => name).join('; ')}: ${STREAMS} streams and an SDK each, ${idleMs / 1_000} s idle, then ${changes} changes`,
        lost: broken,
        recoveredInMs: slowestMs,
        ...findings,
      };
    } finally {
      await stage.close();
    }
  },
};

/** Others write at the same time, and then nobody sees every id. */
function atLeast(id: string, wanted: string): boolean {
  return Number.parseInt(id, 10) >= Number.parseInt(wanted, 10);
}
