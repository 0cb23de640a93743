import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@dimmer/node';
import { expect, it, vi } from 'vitest';
import { AdminClient } from './admin-client.ts';
import { SdkProcess } from './sdk-process.ts';
import { ServerProcess } from './server-process.ts';

it('a kill that waits names the instance that is stopped, and says so when it has followed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'dimmer-stopped-'));
  const server = new ServerProcess(join(folder, 'dimmer.db'));
  await server.start();
  const admin = new AdminClient(() => server.url);
  const key = server.serverKeys.get('production') as string;
  await admin.createFlag('checkout');
  await admin.call('POST', '/projects/default/flags/checkout/environments/production/toggle', { on: true });
  const healthy = createClient({ url: server.url, key, instance: 'web-1', application: 'shop', cache: false });
  const stuck = await SdkProcess.start(server.url, key, 'web-2');
  const propagation = () => admin.call('GET', '/projects/default/environments/production/propagation');
  try {
    await healthy.ready();
    await vi.waitFor(async () => expect(await propagation()).toMatchObject({ connected: 2, complete: true }));
    stuck.stop();
    const flag = '/projects/default/flags/checkout/environments/production';
    const kill = (timeoutMs: number) =>
      admin.call('POST', `${flag}/kill?wait=applied&timeoutMs=${timeoutMs}`, { reason: 'errors at the checkout' });
    let timeoutMs = 500;
    let answer = await kill(timeoutMs);
    // On a slow machine the one that runs has not followed by then: again, and longer.
    while (answer.propagation[0].applied === 0 && timeoutMs < 16_000) {
      await admin.call('POST', `${flag}/restore`, {});
      timeoutMs *= 2;
      answer = await kill(timeoutMs);
    }
    if (process.env.DIMMER_FAULTS === 'long') process.stdout.write(`${JSON.stringify(answer.propagation, null, 2)}\n`);
    expect(answer.propagation).toMatchObject([
      {
        environment: 'production',
        complete: false,
        connected: 2,
        applied: 1,
        pending: 1,
        stragglers: [{ instance: 'web-2', application: 'shop' }],
      },
    ]);
    expect(healthy.isEnabled('checkout')).toBe(false);
    stuck.resume();
    await vi.waitFor(async () => expect(await propagation()).toMatchObject({ applied: 2, complete: true }));
  } finally {
    stuck.resume();
    await stuck.end();
    await healthy.close();
    await server.kill();
    await rm(folder, { recursive: true, force: true });
  }
});
