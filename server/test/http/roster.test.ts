import { describe, expect, it } from 'vitest';
import { Roster } from '../../src/http/roster.ts';

/** Everybody who is there, taken out one after another. */
function leaving<Member>(roster: Roster<Member>, places: ReadonlyMap<Member, Parameters<typeof roster.remove>[0]>) {
  const order: Member[] = [];
  for (let first = roster.first; first !== undefined; first = roster.first) {
    order.push(first);
    roster.remove(places.get(first)!);
  }
  return order;
}

function rosterOf<Member>(...members: readonly Member[]) {
  const roster = new Roster<Member>();
  return { roster, places: new Map(members.map((member) => [member, roster.add(member)])) };
}

describe('A roster', () => {
  it('has its members in the order in which they came', () => {
    const { roster, places } = rosterOf('anna', 'ben', 'cem');
    expect(roster.size).toBe(3);
    expect(leaving(roster, places)).toEqual(['anna', 'ben', 'cem']);
    expect(roster.size).toBe(0);
  });

  it.each([
    ['anna', ['ben', 'cem']],
    ['ben', ['anna', 'cem']],
    ['cem', ['anna', 'ben']],
  ])('keeps the order of the others when %s leaves, and who comes then is last', (who, others) => {
    const { roster, places } = rosterOf('anna', 'ben', 'cem');
    roster.remove(places.get(who)!);
    places.set('dora', roster.add('dora'));
    expect(roster.size).toBe(3);
    expect(leaving(roster, places)).toEqual([...others, 'dora']);
  });

  it('is pointed to by nobody who has left, so that they keep nobody alive who came later', () => {
    const { roster, places } = rosterOf('anna', 'ben', 'cem');
    for (const place of places.values()) roster.remove(place);
    for (const place of places.values()) expect(place).toMatchObject({ before: null, after: null });
    expect(roster.first).toBe(undefined);
  });
});
