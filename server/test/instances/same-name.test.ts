import { describe, expect, it } from 'vitest';
import { InstanceRegistry } from '../../src/instances/instance-registry.ts';
import { propagationOf } from '../../src/instances/propagation.ts';
import { asOneOfEachName } from '../../src/instances/same-name.ts';

const scope = { project: 'shop', environment: 'production', audience: 'server' } as const;
const old = { instance: 'web', application: 'shop', sdk: 'node/0.0.9' };
const ID = '7.aaaaaaaaaaaa';
const CHANGE = { ids: { server: ID, browser: ID }, at: 1_000, headRevision: 7, now: 3_000 };

let now = 2_000;
/** Two servers on one database, as each knows it. */
const servers = () => [new InstanceRegistry(() => now, 'a'), new InstanceRegistry(() => now, 'b')] as const;
const together = (...registries: readonly InstanceRegistry[]) =>
  asOneOfEachName(registries.flatMap((registry) => registry.list('shop', 'production')));

describe('SDKs of before with one instance name', () => {
  it('count for each of their streams, at whichever servers these are', () => {
    const [a, b] = servers();
    a.connected(scope, old);
    b.connected(scope, old);
    expect(together(a, b)).toMatchObject([{ instance: 'web', streams: 2 }]);
  });

  it('are not all confirmed by the receipt of one of them', () => {
    const [a, b] = servers();
    a.connected(scope, old);
    b.connected(scope, old);
    a.applied(scope, old, { id: ID });
    const standing = { complete: false, connected: 2, applied: 1, pending: 1 };
    expect(propagationOf(together(a, b), CHANGE)).toMatchObject(standing);
  });

  it('are one where one streams from one server and tells another', () => {
    const [a, b] = servers();
    const end = a.connected(scope, old);
    b.applied(scope, old, { id: ID });
    expect(propagationOf(together(a, b), CHANGE)).toMatchObject({ complete: true, connected: 1, applied: 1 });
    now += 1;
    end();
    expect(together(a, b)).toMatchObject([{ streams: 0, disconnectedAt: now, appliedId: ID }]);
  });

  it('are told apart from those that have names of their own, from browsers, and from those without any', () => {
    const [a, b] = servers();
    for (const registry of [a, b]) {
      registry.connected(scope, { ...old, client: `client-${registry === a}` });
      registry.connected({ ...scope, audience: 'browser' }, old);
      registry.connected(scope, { ...old, instance: null });
    }
    expect(together(a, b).map(({ streams }) => streams)).toEqual([1, 2, 1, 1, 1]);
  });
});
