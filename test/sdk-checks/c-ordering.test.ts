import type { DimmerClient, Snapshot } from '@dimmer/client';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { FakeWorld } from '../../client/test/fake/fake-world.ts';
import { snapshotOf, switchFlag, textFlag } from '../../client/test/fake/rules.ts';
import { deliver, openFake, patchText, ping, RULES } from './fake-client.ts';

const RUNS = Number(process.env.DIMMER_CASES ?? 10_000);
const FLAGS = ['a', 'b', '__proto__', 'd'] as const;

afterEach(() => {
  vi.restoreAllMocks();
});

/** A log as a server keeps it: what was sent for each change, and the whole after it. */
interface Log {
  readonly events: readonly { readonly type: string; readonly data: string }[];
  readonly last: Snapshot;
}

/** Each change gives flags another text, or takes them away. */
function logOf(changes: readonly (readonly (number | null)[])[]): Log {
  let held = new Map<string, ReturnType<typeof textFlag>>([['a', textFlag('0')]]);
  let id = '1.000000000001';
  const first = snapshotOf(Object.fromEntries(held), id);
  const events = [{ type: 'snapshot', data: JSON.stringify(first) }];
  changes.forEach((change, index) => {
    const from = id;
    id = `${index + 2}.${(index + 2).toString(16).padStart(12, '0')}`;
    const entries = change.map((text, flag) => [FLAGS[flag]!, text === null ? null : textFlag(`${text}`)] as const);
    held = new Map(held);
    for (const [key, flag] of entries) {
      if (flag) held.set(key, flag);
      else held.delete(key);
    }
    events.push({ type: 'patch', data: patchText(from, id, Object.fromEntries(entries)) });
    if (index % 2) events.push({ type: 'ping', data: JSON.stringify({ id, at: 0 }) });
  });
  return { events, last: snapshotOf(Object.fromEntries(held), id) };
}

const stateOf = (flags: DimmerClient) => FLAGS.map((key) => flags.value(key, 'the default'));

/** What every client must come to. */
function settledState(last: Snapshot): string[] {
  const world = new FakeWorld();
  const flags = openFake(world, { reporting: false });
  deliver(world, last);
  return stateOf(flags);
}

describe('C. Ordering and versions', () => {
  it('28 a patch that removes a flag nobody has is no error, and an older patch after it is refused', () => {
    const world = new FakeWorld();
    const flags = openFake(world);
    deliver(world);
    world.stream.sink.event('patch', patchText(RULES.id, '8.b', { nobody: null }));
    expect(flags.status()).toMatchObject({ state: 'live', id: '8.b', lastError: null });
    world.stream.sink.event('patch', patchText('6.z', RULES.id, { a: switchFlag(false) }));
    expect(flags.status()).toMatchObject({ state: 'reconnecting', id: '8.b' });
    expect(flags.isEnabled('a')).toBe(true);
    expect(world.untilNextStreamMs()).toBeLessThanOrEqual(5_000);
    expect(world.stream.id).toBe('');
  });

  it('29 a patch is applied whole or not at all: whoever asks from within sees one state or the other', () => {
    const world = new FakeWorld();
    const flags = openFake(world);
    deliver(world, snapshotOf({ a: textFlag('1'), b: textFlag('1') }, RULES.id));
    const seen = new Set<string>();
    const look = (): void => void seen.add(`${flags.value('a', '')}${flags.value('b', '')}`);
    flags.on('change', look);
    // Looks while the patch is being read: each definition asks what is held meanwhile.
    const parse = JSON.parse;
    vi.spyOn(JSON, 'parse').mockImplementation((text, reviver) => {
      look();
      return parse(text, reviver);
    });
    world.stream.sink.event('patch', patchText(RULES.id, '8.b', { a: textFlag('2'), b: textFlag('2') }));
    world.stream.sink.event('patch', patchText('8.b', '9.c', { a: textFlag('3'), b: textFlag('3') }).slice(0, -30));
    look();
    expect(flags.status().state).toBe('reconnecting');
    expect([...seen].sort()).toEqual(['11', '22']);
  });

  it(`36 any order and repetition of the events of a log ends in the same state, in ${RUNS} cases`, () => {
    const change = fc.array(fc.option(fc.integer({ min: 0, max: 3 })), { minLength: 1, maxLength: FLAGS.length });
    const cases = fc
      .array(change, { minLength: 1, maxLength: 4 })
      .map(logOf)
      .chain((log) => {
        const some = fc.array(fc.integer({ min: 0, max: log.events.length - 1 }), { maxLength: 12 });
        return fc.record({ log: fc.constant(log), order: some });
      });
    fc.assert(
      fc.property(cases, ({ log, order }) => {
        const world = new FakeWorld();
        const flags = openFake(world, { reporting: false });
        for (const index of order) {
          const { type, data } = log.events[index]!;
          world.stream.sink.event(type, data);
          // Who finds a gap comes back for the whole; what is sent then is again out of order.
          if (!world.streams.at(-1)!.open) world.untilNextStreamMs();
        }
        // In the end the server says what is.
        ping(world, log.last.id);
        if (!world.streams.at(-1)!.open) {
          world.untilNextStreamMs();
          deliver(world, log.last);
        }
        expect(flags.status()).toMatchObject({ state: 'live', id: log.last.id });
        expect(stateOf(flags)).toEqual(settledState(log.last));
      }),
      { numRuns: RUNS },
    );
  });
});
