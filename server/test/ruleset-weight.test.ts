import { LARGE_RULESET_BYTES, MOST_RULESET_BYTES } from '@dimmer/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Change, withHash } from '../src/changes/change.ts';
import { createEnvironment, updateEnvironment } from '../src/commands/environments.ts';
import { archiveFlag, createFlag, unarchiveFlag, updateFlag } from '../src/commands/flags.ts';
import { revertChange } from '../src/commands/revert.ts';
import { addRule } from '../src/commands/rules.ts';
import { archiveSegment, createSegment, setSegmentMembers, unarchiveSegment } from '../src/commands/segments.ts';
import { killFlag, restoreFlag, toggleFlag } from '../src/commands/switches.ts';
import { targetKeys } from '../src/commands/targeting.ts';
import type { Live } from '../src/documents/document.ts';
import { RulesetWeights } from '../src/encoding/ruleset-weights.ts';
import { RulesetView } from '../src/ruleset/ruleset-view.ts';
import { ANN, openShop } from './change-log-fixture.ts';
import { POPULATION, randomCommand } from './random-commands.ts';

const CASES = Number(process.env.DIMMER_CASES ?? 10);
const ENVIRONMENTS = ['staging', 'production', '__proto__'];
const CART = { project: 'shop', flag: 'cart', environment: 'production' };
const KIB = 1024;
const WHY = { reason: 'because' };

const values = (kibibytes: number) => {
  const value = (key: string) => ({ key, value: key.repeat(kibibytes * KIB) });
  return [value('a'), value('b'), value('c'), value('d')];
};
const flagOf = (key: string, kibibytes: number, browser = false) =>
  createFlag('shop', { key, type: 'string', variations: values(kibibytes), browser });
/** A rule of about so many bytes. */
const ruleOf = (bytes: number) => {
  const each = 1_000;
  const texts = Array.from({ length: bytes / each }, (_, index) => String(index).padEnd(each, 'x'));
  const when = [{ attribute: 'plan', operator: 'in' as const, values: texts }];
  return addRule(CART, { rule: { id: 'long', when, serve: { variation: 'on' } } });
};

type Shop = Awaited<ReturnType<typeof openShop>>;

/** A shop whose rulesets leave room for so many bytes. */
async function shopWithRoom(bytes: number, browser = false): Promise<Shop> {
  const shop = await openShop();
  await shop.act(createFlag('shop', { key: 'cart' }));
  const room = () => MOST_RULESET_BYTES - shop.log.weights.total('shop', 'production');
  for (let index = 0; room() > bytes + 250 * KIB; index += 1) await shop.act(flagOf(`big-${index}`, 60, browser));
  const key = 'filling';
  const over = (room() - bytes) / 4 / KIB;
  if (over >= 1) await shop.act(flagOf(key, Math.floor(over)));
  return shop;
}

/** The same, by a server that weighs nothing: as those of before, beside this one on the database. */
async function shopOver(browser = false): Promise<Shop> {
  const shop = await shopWithRoom(20 * KIB, browser);
  const { state, store, log } = shop;
  const { kind, id, project, environment, version, body } = state.flag('shop', 'cart') as Live<'flag'>;
  const longer = { ...body, variations: [...body.variations, ...values(12)] };
  const write = { kind, id, project, environment, version: version + 1, body: longer };
  const change = withHash({
    revision: state.head.revision + 1,
    at: 1,
    actor: ANN,
    command: 'flag.update',
    project: 'shop',
    environment: null,
    subject: 'cart',
    reason: null,
    writes: [write],
    prevHash: state.head.hash,
  });
  expect(await store.commit(change)).toBe('committed');
  await log.catchUp();
  expect(log.weights.total('shop', 'production')).toBeGreaterThan(MOST_RULESET_BYTES);
  return shop;
}

function encodedBytes({ state }: Shop, environment: string, audience: 'server' | 'browser' = 'server'): number {
  return Buffer.byteLength(new RulesetView(state, { project: 'shop', environment, audience }).snapshotJson());
}

describe('The weight of a ruleset', () => {
  it('is what its encoding has, after whatever is done, and costs only what a change touches', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(randomCommand, { minLength: 5, maxLength: 40 }), async (sequence) => {
        const shop = await openShop();
        for (const command of [...POPULATION, ...sequence]) {
          for (const environment of ENVIRONMENTS) shop.log.weights.total('shop', environment);
          await shop.ask(command, WHY);
        }
        for (const environment of ENVIRONMENTS) {
          const total = shop.log.weights.total('shop', environment);
          expect(total).toBe(new RulesetWeights(shop.state).total('shop', environment));
          expect(Math.abs(total - encodedBytes(shop, environment))).toBeLessThan(200);
        }
        await shop.store.close();
      }),
      { numRuns: CASES },
    );
  });

  it('is told from half of what reaches an SDK, with the flag that has most of it', async () => {
    const shop = await shopWithRoom(MOST_RULESET_BYTES - LARGE_RULESET_BYTES + 40 * KIB);
    expect((await shop.act(flagOf('small', 1))).warnings).toEqual([]);
    const { warnings } = await shop.act(flagOf('biggest', 60));
    expect(warnings.map(({ code }) => code)).toEqual(['RULESET_LARGE', 'RULESET_LARGE']);
    expect(warnings[1]?.message).toMatch(
      /^The ruleset of "production" is 7\.\d MiB, 5\d % .* Flag "biggest" weighs most: 241 KiB/,
    );
    await shop.store.close();
  });
});

describe('A change that would make a ruleset too large', () => {
  it('is refused, with the flag that weighs most and the fix, as a preview too, and nothing of it is kept', async () => {
    const shop = await shopWithRoom(100 * KIB);
    const before = shop.state.head;
    const refusal = await shop.refused(flagOf('last', 62));
    expect(refusal).toMatchObject({
      code: 'RULESET_TOO_LARGE',
      message: expect.stringMatching(
        /^The ruleset of "staging" for servers would be 15\.\d MiB; .* Flag "last" weighs most/,
      ),
      fix: expect.stringContaining('archive flags'),
      details: { environment: 'staging', audience: 'server', limit: MOST_RULESET_BYTES },
    });
    expect(await shop.log.preview(flagOf('last', 62), { actor: ANN })).toMatchObject({ ok: false, refusal });
    expect(shop.state.head).toBe(before);
    expect(encodedBytes(shop, 'production')).toBeLessThan(MOST_RULESET_BYTES);
    await shop.store.close();
  });

  it('is refused whatever command makes it', async () => {
    const shop = await shopWithRoom(100 * KIB);
    const { act, refused, log } = shop;
    const undo = async (revision: number) => {
      const change = (await log.change(revision)) as Change;
      return revertChange(change, await log.before(change), { force: true });
    };
    await act(ruleOf(90_000));
    await act(await undo(shop.state.head.revision));
    const takenBack = shop.state.head.revision;
    await act(createSegment('shop', { key: 'people' }));
    await act(archiveFlag('shop', 'big-0'));
    await act(flagOf('in-its-place', 60));
    await act(flagOf('filling-too', 7));
    const long = Array.from({ length: 1_000 }, (_, index) => String(index).padEnd(200, 'x'));
    const doings = {
      create: flagOf('more', 60),
      update: updateFlag('shop', 'filling-too', { variations: values(50) }),
      rule: ruleOf(90_000),
      targets: targetKeys(CART, { variation: 'on', keys: long }),
      members: setSegmentMembers('shop', 'people', { include: long }),
      segment: createSegment('shop', { key: 'others', included: long }),
      unarchive: unarchiveFlag('shop', 'big-0'),
      revert: await undo(takenBack),
    };
    for (const [name, command] of Object.entries(doings))
      expect([name, (await refused(command)).code]).toEqual([name, 'RULESET_TOO_LARGE']);
    await shop.store.close();
  });

  it('is refused where a segment that was archived comes back, and where an environment is created', async () => {
    const shop = await openShop();
    const people = Array.from({ length: 10_000 }, (_, index) => String(index).padEnd(64, 'x'));
    for (let index = 0; index < 23; index += 1)
      await shop.act(createSegment('shop', { key: `people-${index}`, included: people }));
    await shop.act(archiveSegment('shop', 'people-0'));
    await shop.act(createSegment('shop', { key: 'people', included: people }));
    expect((await shop.refused(unarchiveSegment('shop', 'people-0'))).code).toBe('RULESET_TOO_LARGE');
    await shop.act(createEnvironment('shop', { key: 'qa' }));
    for (let index = 0; index < 4; index += 1) await shop.ask(flagOf(`flag-${index}`, 60));
    expect(shop.log.weights.total('shop', 'qa')).toBeLessThan(MOST_RULESET_BYTES);
    await shop.store.close();
  });
});

describe('Where a ruleset is too large already', () => {
  it('kills, toggles and restores pass, and whatever makes it smaller', async () => {
    const { act, store } = await shopOver();
    await act(toggleFlag(CART, { on: true }));
    await act(killFlag(CART), WHY);
    await act(restoreFlag(CART));
    await act(updateEnvironment('shop', 'production', { name: 'Live' }));
    await act(archiveFlag('shop', 'big-0'));
    await store.close();
  });

  it('nothing that makes it larger passes, by any audience', async () => {
    const { act, refused, store } = await shopOver(true);
    expect((await refused(targetKeys(CART, { variation: 'on', keys: ['ann'] }))).code).toBe('RULESET_TOO_LARGE');
    // What browsers get is weighed by itself: servers' ruleset is as large as before.
    await act(updateFlag('shop', 'cart', { browser: true }));
    const last = await refused(updateFlag('shop', 'filling', { browser: true }));
    expect(last).toMatchObject({ code: 'RULESET_TOO_LARGE', details: { audience: 'browser' } });
    await store.close();
  });
});
