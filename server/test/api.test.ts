import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openApi } from './api-fixture.ts';

let api: Awaited<ReturnType<typeof openApi>>;
beforeEach(async () => {
  api = await openApi();
});
afterEach(() => api.close());

const CART = 'flags/cart/environments/production';

describe('The admin API', () => {
  it('takes a flag from its creation through a ramp to a kill and back', async () => {
    const created = await api.call('POST', 'flags', { key: 'cart', name: 'New cart' });
    expect(created).toMatchObject({
      status: 201,
      body: {
        document: { key: 'cart', type: 'boolean', archived: false, version: 1, project: 'shop' },
        changed: true,
        warnings: [],
      },
    });
    expect(created.headers.get('etag')).toBe('"1"');

    const ramped = await api.call('POST', `${CART}/rollout`, { percent: 12.345, reason: 'first people' });
    expect(ramped).toMatchObject({
      status: 200,
      body: {
        document: {
          on: true,
          fallthrough: {
            slices: [
              { variation: 'on', parts: 12_345 },
              { variation: 'off', parts: 87_655 },
            ],
          },
          version: 2,
        },
        warnings: [],
      },
    });
    expect(ramped.body.id).toMatch(new RegExp(`^${ramped.body.revision}\\.[0-9a-f]{12}$`));

    const killed = await api.call('POST', `${CART}/kill`, { reason: 'errors' });
    expect(killed.body.document).toMatchObject({ on: false, killed: { by: 'DIMMER_ADMIN_TOKEN', reason: 'errors' } });

    const restored = await api.call('POST', `${CART}/restore`);
    expect(restored.body.document).toMatchObject({ on: true, fallthrough: ramped.body.document.fallthrough });
    expect(restored.body.document.killed).toBeUndefined();

    const history = await api.call('GET', 'flags/cart/history');
    expect(history.body.items.map((change: { command: string }) => change.command)).toEqual([
      'flag.restore',
      'flag.kill',
      'flag.rollout',
      'flag.create',
    ]);
    expect(history.body.items[2]).toMatchObject({ reason: 'first people', subject: 'cart', environment: 'production' });
  });
});
