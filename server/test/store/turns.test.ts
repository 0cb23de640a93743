import { expect, it } from 'vitest';
import { Turns } from '../../src/turns.ts';

it('Turns let one piece of work run in each turn of the event loop, first come first served', async () => {
  const turns = new Turns();
  const done: string[] = [];
  const reader = async (name: string) => {
    for (const piece of [1, 2]) {
      await turns.next();
      done.push(`${name}${piece}`);
    }
  };
  const others = (async () => {
    for (let turn = 0; turn < 6; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
      done.push('-');
    }
  })();
  await Promise.all([reader('a'), reader('b'), reader('c'), others]);
  expect(done.filter((each) => each !== '-')).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'c2']);
  expect(done.join('')).not.toMatch(/\d[abc]/);
});
