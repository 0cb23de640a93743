import { afterEach, describe, expect, it } from 'vitest';
import { ChangeLog } from '../src/change-log/change-log.ts';
import { createFlag } from '../src/commands/flags.ts';
import type { Document } from '../src/documents/document.ts';
import { LogRulesets } from '../src/ruleset/log-rulesets.ts';
import { State } from '../src/state/state.ts';
import { pagesOf } from '../src/store/document-pages.ts';
import { ANN, openShop } from './change-log-fixture.ts';

/** Turns that others have had of the event loop. */
let turns = 0;
let ticking: NodeJS.Immediate | null = null;

/** How many turns others get while something is under way. */
async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
  const tick = () => {
    turns += 1;
    ticking = setImmediate(tick);
  };
  tick();
  const before = turns;
  await work();
  return turns - before;
}

afterEach(() => {
  if (ticking !== null) clearImmediate(ticking);
  ticking = null;
});

const flag = (index: number) => ({ kind: 'flag', id: `shop/${String(index).padStart(6, '0')}` }) as Document;

describe('Others get their turns of the event loop', () => {
  it('while a server catches up with what another one has committed', async () => {
    const { store, act } = await openShop();
    const other = await ChangeLog.open(store);
    for (let each = 0; each < 200; each += 1) await act(createFlag('shop', { key: `flag-${each}` }));
    const seen: number[] = [];
    other.subscribe((changes) => seen.push(changes.length));
    expect(await turnsDuring(() => other.catchUp())).toBeGreaterThanOrEqual(200 / 25 - 1);
    expect(seen.reduce((sum, count) => sum + count, 0)).toBe(200);
    expect(Math.max(...seen)).toBe(25);
  });

  it('while the state of another history is put together', async () => {
    const documents = Array.from({ length: 10_000 }, (_, index) => ({
      ...flag(index),
      project: 'shop',
      environment: null,
      version: 1,
      revision: 1,
      body: null,
    })) as unknown as Document[];
    const head = { revision: 1, hash: 'f'.repeat(64) };
    const moment = async () => ({ ...head, at: 1 });
    expect(await turnsDuring(() => State.from(head, documents, moment))).toBeGreaterThanOrEqual(10);
  });

  it('while every ruleset goes over to another history, one after another; what is asked for is right at once', async () => {
    const { log, act } = await openShop();
    for (let each = 0; each < 100; each += 1) await act(createFlag('shop', { key: `flag-${each}` }));
    const woken: string[] = [];
    let tellReloaded = (): void => {};
    const rulesets = new LogRulesets(
      {
        subscribe(_, reloaded) {
          tellReloaded = reloaded;
          return () => {};
        },
      },
      ({ environment }) => ({
        id: environment,
        snapshotJson: () => '',
        advance: () => null,
        reload: () => `reloaded ${environment}`,
        *pieces() {
          yield* log.state.flags('shop');
        },
      }),
    );
    const names = ['one', 'two', 'three'];
    const [first] = names.map((environment) =>
      rulesets.open({ project: 'shop', environment, audience: 'server' }, () => woken.push(environment)),
    );
    const given = await turnsDuring(async () => {
      tellReloaded();
      expect(woken).toEqual([]);
      expect(first?.advance()).toBe('reloaded one');
      await expect.poll(() => woken).toEqual(names);
    });
    expect(given).toBeGreaterThanOrEqual(3 * (100 / 20));
  });
});

describe('Documents read in pages', () => {
  it.each([0, 1, 4, 5, 9, 10, 11])('are all there, once each, of %i', async (count) => {
    const all = Array.from({ length: count }, (_, index) => flag(index));
    const found: Document[] = [];
    const read = async (from: { id: string } | null) => {
      const start = from === null ? 0 : all.findIndex(({ id }) => id === from.id);
      return all.slice(start, start + 5);
    };
    for await (const page of pagesOf(read, 5)) found.push(...page);
    expect(found).toEqual(all);
  });

  it('amount to the same when a server starts anew', async () => {
    const { store, log, act } = await openShop();
    for (let each = 0; each < 450; each += 1) await act(createFlag('shop', { key: `flag-${each}` }), { actor: ANN });
    const again = await ChangeLog.open(store);
    expect([again.id, [...again.state.documents()].length]).toEqual([log.id, [...log.state.documents()].length]);
  });
});
