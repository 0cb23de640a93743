import { createClient } from '@dimmer/node';
import { type Fault, Findings } from './fault.ts';
import { FaultStage } from './fault-stage.ts';
import { waitUntil } from './waiting.ts';

const SIZES = {
  short: { rounds: 3, applications: 40, streams: 10 },
  long: { rounds: 100, applications: 200, streams: 50 },
} as const;
const P99_MS = 1_000;
const FLAG = '/projects/default/flags/flag-0/environments/production';
const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

export const killSwitch: Fault = {
  id: 'F34',
  sentence: 'a kill reaches 200 applications and raw streams within a second',
  async run(size, say) {
    const { rounds, applications, streams } = SIZES[size];
    const findings = new Findings();
    const stage = await FaultStage.open({ streams });
    const { url } = stage.server;
    const clients = Array.from({ length: applications }, (_, index) =>
      createClient({ url, key: stage.key, instance: `app-${index}`, cache: false, logger: SILENT }),
    );
    const delaysMs: number[] = [];
    try {
      await stage.admin.call('POST', `${FLAG}/toggle`, { on: true });
      await Promise.all(clients.map((client) => client.ready()));
      const all = (on: boolean) =>
        clients.every((client) => client.isEnabled('flag-0') === on) &&
        stage.followers.every(({ flags }) => (flags['flag-0'] as { on: boolean }).on === on);
      await waitUntil(() => all(true), 10_000);
      for (let round = 1; round <= rounds; round += 1) {
        const startedAt = performance.now();
        const waiting = clients.map(
          (client) =>
            new Promise<void>((resolve) => {
              const forget = client.on('change', () => {
                if (client.isEnabled('flag-0')) return;
                delaysMs.push(performance.now() - startedAt);
                forget();
                resolve();
              });
            }),
        );
        await stage.admin.call('POST', `${FLAG}/kill`, { reason: 'errors at the checkout' });
        const reached = await waitUntil(() => all(false), 10_000);
        findings.expect(reached !== null, `round ${round}: the kill has not reached everybody`);
        if (reached !== null) await Promise.all(waiting);
        for (const { appliedAtMs } of stage.followers) delaysMs.push(appliedAtMs - startedAt);
        await stage.admin.call('POST', `${FLAG}/restore`, {});
        await waitUntil(() => all(true), 10_000);
      }
      const sorted = delaysMs.toSorted((one, other) => one - other);
      const at = (share: number) => Math.round(sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN);
      findings.expectInTime(at(0.99) <= P99_MS, `p99 is ${at(0.99)} ms`);
      findings.note(`from the request of the kill: p50 ${at(0.5)}, p99 ${at(0.99)}, last ${at(1)} ms`);
      say(`p50 ${at(0.5)}, p99 ${at(0.99)}, last ${at(1)} ms`);
      return {
        tried: `${rounds} kills to ${applications} SDKs and ${streams} streams`,
        lost: rounds * (applications + streams) - sorted.length,
        recoveredInMs: at(1),
        ...findings,
      };
    } finally {
      await Promise.all(clients.map((client) => client.close()));
      await stage.close();
    }
  },
};
