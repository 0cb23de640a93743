import { expect, it } from 'vitest';
import { formatDuration } from '../src/sentences/duration.ts';

it.each([
  [0.4, '0 ms'],
  [38.2, '38 ms'],
  [1_000, '1 s'],
  [1_440, '1.4 s'],
  [9_960, '10 s'],
  [59_400, '59 s'],
  [185_000, '3 min 5 s'],
  [3_600_000, '1 h'],
  [187_200_000, '2 d 4 h'],
])('%d ms is said as %s', (ms, text) => expect(formatDuration(ms)).toBe(text));
