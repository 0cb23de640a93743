import { renameSync } from 'node:fs';
import { createClient } from '@dimmer/node';
import { TestServer } from '../../server/test/running-server.ts';
import { type Fault, Findings } from './fault.ts';
import { waitUntil } from './waiting.ts';

const ROUNDS = { short: 1, long: 40 } as const;
const HOUR_MS = 3_600_000;
const LOCKED_OUT_MS = 60_000;
const SILENT = { debug() {}, info() {}, warn() {}, error() {} };
const FLAG = 'flags/clock/environments/production';

/** Where the clock goes, from the present instant. */
const JUMPS: readonly { readonly name: string; readonly to: (now: number) => number }[] = [
  { name: '+1 h', to: (now) => now + HOUR_MS },
  { name: '−1 h', to: (now) => now - HOUR_MS },
  { name: 'a second again', to: (now) => now - 1_000 },
  { name: '1970', to: () => 1_000 },
  { name: '2106', to: () => 2 ** 32 * 1_000 },
];

export const jumpingClock: Fault = {
  id: 'F21',
  sentence:
    'a server whose clock jumps goes on counting revisions, shuts nobody out, and is right again with its clock',
  async run(size, say) {
    const findings = new Findings();
    let aheadMs = 0;
    const server = await TestServer.start({ now: () => Date.now() + aheadMs });
    const { url, serverKey: key } = server;
    const client = createClient({ url, key, instance: 'clock', cache: false, logger: SILENT });
    let longestOutMs = 0;
    let writes = 0;
    let lastRevision = 0;

    /** Writes, and sees that the revision is the next and that the client has it. */
    async function change(name: string): Promise<void> {
      writes += 1;
      const { revision, id } = await server.admin('POST', `${FLAG}/rollout`, {
        variation: 'on',
        percent: writes / 1_000,
      });
      findings.expect(
        lastRevision === 0 || revision === lastRevision + 1,
        `${name}: ${revision} after ${lastRevision}`,
      );
      lastRevision = revision;
      const took = await waitUntil(() => client.status().id === id, 10_000);
      findings.expect(took !== null, `${name}: the client does not get a change`);
    }

    /** How long somebody with a key is not let in, for rules and for a new stream. */
    async function enter(name: string, token: string): Promise<void> {
      const authorization = `Bearer ${token}`;
      const took = await waitUntil(async () => {
        const [rules, stream] = await Promise.all(
          ['ruleset', 'stream'].map((path) => fetch(`${url}/sdk/v1/${path}`, { headers: { authorization } })),
        );
        await stream?.body?.cancel();
        await rules?.body?.cancel();
        return rules?.status === 200 && stream?.status === 200;
      }, LOCKED_OUT_MS);
      findings.expect(took !== null, `${name}: a valid key is not let in for a minute`);
      longestOutMs = Math.max(longestOutMs, took ?? LOCKED_OUT_MS);
    }

    /** Sees that readiness is asked for anew, and not remembered until the clock is where it was. */
    async function losesItsFile(name: string): Promise<void> {
      const log = `${server.folder}/dimmer.db-wal`;
      const status = async () => (await server.call('GET', '/health/ready')).body.status;
      renameSync(log, `${log}.away`);
      const noticed = await waitUntil(async () => (await status()) === 'degraded', 3_000);
      renameSync(`${log}.away`, log);
      const back = await waitUntil(async () => (await status()) === 'ready', 3_000);
      findings.expect(noticed !== null && back !== null, `${name}: readiness does not follow`);
    }

    try {
      await server.admin('POST', 'flags', { key: 'clock', type: 'boolean' });
      await client.ready();
      const expiresAt = Date.now() + HOUR_MS / 2;
      const brief = await server.admin('POST', 'environments/production/keys', {
        kind: 'server',
        name: 'brief',
        expiresAt,
      });
      await change('before');
      for (let round = 1; round <= ROUNDS[size]; round += 1) {
        for (const { name, to } of round === 1 ? JUMPS : shuffled(JUMPS)) {
          const now = Date.now();
          aheadMs = to(now) - now;
          await change(name);
          await enter(name, key);
          if (round === 1 && name === '−1 h') await losesItsFile(name);
          const isExpired = Date.now() + aheadMs >= expiresAt;
          const { status } = await server.sdk('/ruleset', { headers: { authorization: `Bearer ${brief.token}` } });
          findings.expect(
            status === (isExpired ? 401 : 200),
            `${name}: a key that ${isExpired ? 'has' : 'has not'} expired gets ${status}`,
          );
          // From there straight to the next one, or back first.
          if (round % 2 === 0) continue;
          aheadMs = 0;
          await enter(`back from ${name}`, brief.token);
          await change(`back from ${name}`);
        }
        if (round % 10 === 0) say(`${round * JUMPS.length} jumps, ${writes} writes`);
      }
      aheadMs = 0;
      const { body: chain } = await server.call('GET', '/api/v1/changes/verify');
      findings.expect(chain.ok, `the chain is broken: ${chain.problem}`);
      findings.expect(client.status().state === 'live', `the SDK is ${client.status().state}`);
      findings.note(`a key with an expiry was refused only while the server’s clock was past it`);
      return {
        tried: `${ROUNDS[size]} × ${JUMPS.map(({ name }) => name).join(', ')}; ${writes} writes`,
        lost: 0,
        recoveredInMs: longestOutMs,
        ...findings,
      };
    } finally {
      await client.close();
      await server.stop();
    }
  },
};

function shuffled<Item>(items: readonly Item[]): readonly Item[] {
  return items
    .map((item) => ({ item, at: Math.random() }))
    .toSorted((one, other) => one.at - other.at)
    .map(({ item }) => item);
}
