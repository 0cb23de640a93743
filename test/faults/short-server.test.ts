import { expect, it } from 'vitest';
import { FAULTS } from './catalogue.ts';
import { tryShort } from './try-short.ts';

const HERE = ['F1', 'F6', 'F21', 'F23', 'F24', 'F29', 'F34', 'F35'];
/** In a file of their own, because two files run at the same time. */
const ELSEWHERE = ['F2', 'F3', 'F4', 'F5', 'F32'];

tryShort(HERE);

it('every fault has a short version that is tried', () => {
  expect(FAULTS.map(({ id }) => id).toSorted()).toEqual([...HERE, ...ELSEWHERE].toSorted());
});
