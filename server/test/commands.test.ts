import { describe, expect, it } from 'vitest';
import { createFlag } from '../src/commands/flags.ts';
import { killFlag, restoreFlag, toggleFlag } from '../src/commands/switches.ts';
import { openShop } from './change-log-fixture.ts';

const CART = { project: 'shop', flag: 'cart', environment: 'production' };

describe('A new flag', () => {
  it('is off in every environment', async () => {
    const { act, state } = await openShop();
    await act(createFlag('shop', { key: 'cart' }));
    for (const environment of ['staging', 'production']) {
      expect(state.targeting('shop', 'cart', environment)?.body).toMatchObject({ on: false, off: 'off' });
    }
    await act(toggleFlag(CART, { on: true }));
    await act(killFlag(CART), { reason: 'errors' });
    expect(state.targeting('shop', 'cart', 'production')?.body.killed).toMatchObject({ by: 'Ann', reason: 'errors' });
    await act(restoreFlag(CART));
    expect(state.targeting('shop', 'cart', 'production')?.body.on).toBe(true);
  });
});
