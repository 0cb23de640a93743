/** Clients in a world whose clock the test moves, and the events that a healthy server would send them. */
import { createDimmerClient, DEFAULTS, type DimmerClient, type Snapshot } from '@dimmer/client';
import { answerOf, FakeWorld } from '../../client/test/fake/fake-world.ts';
import { snapshotOf, switchFlag } from '../../client/test/fake/rules.ts';

export const RULES = snapshotOf({ a: switchFlag(true) }, '7.aaaaaaaaaaaa');

export function openFake(world: FakeWorld, options: Partial<typeof DEFAULTS> = {}): DimmerClient {
  return createDimmerClient({ ...DEFAULTS, ...options }, world.deps);
}

/** A world where nothing answers but streams, if the test makes them. */
export function silentWorld(): FakeWorld {
  const world = new FakeWorld();
  world.answer = () => answerOf(0);
  return world;
}

/** What comes first on a healthy stream. */
export function deliver(world: FakeWorld, snapshot: Snapshot = RULES): void {
  world.stream.sink.event('snapshot', JSON.stringify(snapshot));
  ping(world, snapshot.id);
}

export function ping(world: FakeWorld, id: string, at = world.nowMs): void {
  world.stream.sink.event('ping', JSON.stringify({ id, at }));
}

export function patchText(from: string, id: string, flags: object, segments: object = {}): string {
  return JSON.stringify({ schema: 1, hash: 1, from, id, at: 0, flags, segments });
}
