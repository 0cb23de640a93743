import { describe, expect, it } from 'vitest';
import { type Write, withHash } from '../src/changes/change.ts';
import { createFlag, updateFlag } from '../src/commands/flags.ts';
import { rollOut } from '../src/commands/rollout.ts';
import { addRule, updateRule } from '../src/commands/rules.ts';
import { killFlag, restoreFlag } from '../src/commands/switches.ts';
import { RulesetView } from '../src/ruleset/ruleset-view.ts';
import { ANN, openShop } from './change-log-fixture.ts';

const CART = { project: 'shop', flag: 'cart', environment: 'production' };

/** A rule with an operator and fields that this version has never heard of. */
const FROM_THE_FUTURE = {
  id: 'future',
  hint: 'shown in the new dashboard',
  serve: { variation: 'on' },
  when: [{ attribute: 'mood', operator: 'soundsLike', values: ['happy'], language: 'en' }],
};

/** A shop in which a newer server, on the same database, has written to `cart`. */
async function openShopOfTwoVersions() {
  const shop = await openShop();
  await shop.act(createFlag('shop', { key: 'cart' }));
  const { revision: _unused, ...current } = shop.state.targeting('shop', 'cart', 'production')!;
  const body = { ...current.body, schedule: { at: 1 }, rules: [FROM_THE_FUTURE] };
  const write = { ...current, version: current.version + 1, body } as unknown as Write;
  const { head } = shop.state;
  await shop.store.commit(
    withHash({
      revision: head.revision + 1,
      at: 1,
      actor: ANN,
      command: 'from.the.future',
      project: 'shop',
      environment: 'production',
      subject: 'cart',
      reason: null,
      writes: [write],
      prevHash: head.hash,
    }),
  );
  await shop.log.catchUp();
  return { ...shop, cart: () => shop.state.targeting('shop', 'cart', 'production')!.body };
}

describe('Beside a newer server on one database', () => {
  it('a flag that it has written to can be killed, restored, ramped and described', async () => {
    const { act, cart, log } = await openShopOfTwoVersions();
    await act(killFlag(CART), { reason: 'errors' });
    await act(restoreFlag(CART));
    await act(rollOut(CART, { percent: 10 }));
    await act(updateFlag('shop', 'cart', { name: 'Cart' }));
    await act(addRule(CART, { rule: { id: 'ours', when: [], serve: { variation: 'off' } } }));
    expect(cart()).toMatchObject({ schedule: { at: 1 }, rules: [FROM_THE_FUTURE, { id: 'ours' }] });
    expect(await log.verify()).toMatchObject({ ok: true });
  });

  it('what this version does not know is refused from its own callers, as ever', async () => {
    const { refused } = await openShopOfTwoVersions();
    const when = [{ ...FROM_THE_FUTURE.when[0], values: ['sad'] }] as never;
    expect(await refused(updateRule(CART, 'future', { when }))).toMatchObject({
      code: 'TARGETING_INVALID',
      path: 'rules[0].when[0].operator',
    });
  });

  it('SDKs receive the unknown operator, and fail closed on that rule alone', async () => {
    const { state } = await openShopOfTwoVersions();
    const view = new RulesetView(state, { project: 'shop', environment: 'production', audience: 'server' });
    expect(view.snapshotJson()).toContain('"operator":"soundsLike"');
    expect(view.snapshotJson()).not.toContain('dashboard');
  });
});
