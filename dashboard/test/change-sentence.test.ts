import { describe, expect, it } from 'vitest';
import { changePhrase, changeSentence } from '../src/history/change-sentence.ts';

const targeting = (percent: number, more: object = {}) => ({
  on: true,
  off: 'off',
  prerequisites: [],
  targets: [],
  rules: [],
  fallthrough: {
    slices: [
      { variation: 'on', parts: percent * 1_000 },
      { variation: 'off', parts: 100_000 - percent * 1_000 },
    ],
  },
  ...more,
});
const change = (command: string, subject = 'new-checkout', environment: string | null = 'production') => ({
  command,
  subject,
  environment,
  project: 'shop',
  actor: { kind: 'person' as const, id: 'p1', name: 'Ann' },
});
const documents = (before: object | null, after: object | null) => [
  { kind: 'targeting', id: 'shop/new-checkout/production', before, after },
];

describe('a change as a sentence', () => {
  it('says in general what it does not know exactly', () => {
    expect(changeSentence(change('flag.rollout'))).toBe('Ann changed the rollout of new-checkout in production');
    expect(changeSentence(change('flag.create', 'theme', null))).toBe('Ann created the flag theme');
    expect(changeSentence(change('flag.kill'))).toBe('Ann killed new-checkout in production');
  });

  it.each([
    [targeting(1), targeting(10), 'raised new-checkout in production from 1 % to 10 %'],
    [targeting(10), targeting(0.5), 'lowered new-checkout in production from 10 % to 0.5 %'],
    [targeting(0, { on: false }), targeting(1), 'raised new-checkout in production from off to 1 %'],
    [targeting(10), targeting(10, { on: false }), 'lowered new-checkout in production from 10 % to off'],
  ])('says how far a rollout went', (before, after, phrase) => {
    expect(changePhrase(change('flag.rollout'), documents(before, after))).toBe(phrase);
  });

  it('names every share where there are more than on and off', () => {
    const blue = { off: 'blue', fallthrough: { variation: 'blue' } };
    const split = {
      off: 'blue',
      fallthrough: {
        slices: [
          { variation: 'blue', parts: 66_667 },
          { variation: 'green', parts: 33_333 },
        ],
      },
    };
    expect(changePhrase(change('flag.rollout'), documents(targeting(0, blue), targeting(0, split)))).toBe(
      'set new-checkout in production to 66.667 % blue, 33.333 % green, from blue',
    );
  });

  it('tells the rollout of a rule from that of everybody', () => {
    const rules = [{ id: 'r', when: [], serve: { variation: 'on' } }];
    expect(changePhrase(change('flag.rollout'), documents(targeting(10), targeting(10, { rules })))).toBe(
      'changed the rollout of a rule of new-checkout in production',
    );
  });

  it('says which rule came', () => {
    const rules = [{ id: 'r', when: [{ operator: 'inSegment', values: ['testers'] }], serve: { variation: 'on' } }];
    expect(changePhrase(change('rule.add'), documents(targeting(10), targeting(10, { rules })))).toBe(
      'added a rule to new-checkout in production: someone is in the segment testers → on',
    );
  });

  it('says which way a switch was turned', () => {
    const after = targeting(10, { on: false });
    expect(changePhrase(change('flag.toggle'), documents(targeting(10), after))).toBe(
      'turned new-checkout in production off',
    );
  });

  it('says that a flag is off again which was off before it was killed', () => {
    const restored = (on: boolean) =>
      changeSentence(change('flag.restore'), documents(targeting(10, { on: false }), targeting(10, { on })));
    expect(restored(true)).toBe('Ann restored new-checkout in production');
    expect(restored(false)).toBe('Ann restored new-checkout in production: off, as before the kill');
  });

  it('names a key by what it was called, not by its selector', () => {
    const after = { kind: 'server', name: 'checkout service' };
    expect(changePhrase(change('key.create', 'Xy7_'), [{ kind: 'key', id: 'Xy7_', before: null, after }])).toBe(
      'created the server key “checkout service” for production',
    );
  });

  it('says who came into a segment, and which fields of a flag were changed', () => {
    const members = [
      {
        kind: 'segment',
        id: 's',
        before: { included: ['ann', 'bob'] },
        after: { included: ['ann', 'carol'], excluded: ['bob'] },
      },
    ];
    expect(changePhrase(change('segment.members', 'testers', null), members)).toBe(
      'included carol and excluded bob in the segment testers',
    );
    const fields = [{ kind: 'flag', id: 'f', before: { owner: 'a', tags: [] }, after: { owner: 'b', tags: [] } }];
    expect(changePhrase(change('flag.update', 'theme', null), fields)).toBe('changed owner of the flag theme');
  });

  it('calls people by their names, not by their ids', () => {
    const after = { name: '', email: 'bob@shop.example' };
    expect(
      changePhrase(change('invitation.invitation', 'x1', null), [{ kind: 'invitation', id: 'i', before: null, after }]),
    ).toBe('invited bob@shop.example');
  });

  it('does not fail on what a newer server does', () => {
    expect(changePhrase(change('ramp.pause'))).toBe('did ramp.pause to new-checkout in production');
  });

  it('shows no mark that turns the direction, and takes names literally', () => {
    const told = { ...change('flag.kill', '$&%@'), actor: { kind: 'person' as const, id: '', name: 'A\u202en' } };
    expect(changeSentence(told)).toBe('A\u{fffd}n killed $&%@ in production');
  });

  it('names what a change request is about', () => {
    const change = { command: 'change-request.schedule', subject: 'cr_1', environment: 'production', project: 'shop' };
    const document = {
      kind: 'change-request',
      id: 'shop/cr_1',
      before: {},
      after: { title: 'flag.rollout new-checkout' },
    };
    expect(changePhrase(change, [document])).toBe('set the time for a change request of new-checkout in production');
    expect(changePhrase(change)).toBe('set the time for a change request in production');
  });
});
