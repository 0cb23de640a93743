import { describe, expect, it } from 'vitest';
import { launchSummary } from '../../src/launches/launch-summary.ts';

const none = { same: 0, different: 0, ignored: 0, failed: 0 };
const path = (more: object = {}) => ({
  variation: 'dark',
  path: 'control',
  role: 'answer',
  calls: 9,
  errors: {},
  latency: [],
  ...more,
});
const summary = (more: object = {}) => ({
  flag: 'prices',
  id: '1.aaaaaaaaaaaa',
  from: 1,
  to: 2,
  compared: none,
  noise: none,
  shed: {},
  clusters: [],
  paths: [path()],
  ...more,
});
const cluster = (more: object = {}) => ({ path: '/a', kind: 'value', count: 1, samples: [], ...more });

/** Everybody with a page's key can send these; the report is read in terminals. */
const COMMANDS = ['\u001b[2J', '\u009b31m', '\u001b]0;gone\u0007', '\u202e', '\u200b', '\u2028', '\r\n'];
const anyCommand = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

describe('a summary from whom one cannot trust', () => {
  it.each(COMMANDS.map((command) => [JSON.stringify(command), command]))(
    'cannot tell a terminal what to do, by %s',
    (_, command) => {
      const text = `a${command}b`;
      const read = launchSummary.parse(
        summary({
          paths: [path({ variation: text, role: text, errors: { [text]: 1 } })],
          shed: { [text]: 1 },
          clusters: [cluster({ path: text, kind: text, samples: [{ control: text, candidate: text, at: 1 }] })],
        }),
      );
      const words: string[] = [];
      JSON.stringify(read, (key, value: unknown) => {
        words.push(key, ...(typeof value === 'string' ? [value] : []));
        return value;
      });
      expect(words.filter((word) => anyCommand.test(word))).toEqual([]);
      expect(Object.values(read.paths[0]?.errors ?? {})).toEqual([1]);
    },
  );

  it('cannot invent stages', () => {
    expect(launchSummary.parse(summary({ paths: [path({ variation: 'purple' })] })).paths[0]?.variation).toBe(
      '(other)',
    );
  });

  it('is taken though it says words that this server does not know: they are kept if they are words', () => {
    const newer = summary({
      paths: [path({ role: 'shadow_2' })],
      shed: { gpu_3: 1, 'not a word': 2 },
      clusters: [cluster({ kind: 'some-kind-of-2028' }), cluster({ kind: '' })],
    });
    expect(launchSummary.parse(newer)).toMatchObject({
      paths: [{ role: 'shadow_2' }],
      shed: { gpu_3: 1, 'not a word': 2 },
      clusters: [{ kind: 'some-kind-of-2028' }, { kind: '(other)' }],
    });
  });

  it('has errors whose names are alike once they can be read counted as one, and long names cut', () => {
    const errors = { 'a\u0000': 1, 'a\u0001': 2, ['x'.repeat(5_000)]: 1, never: 0 };
    expect(launchSummary.parse(summary({ paths: [path({ errors })] })).paths[0]?.errors).toEqual({
      'a ': 3,
      ['x'.repeat(100)]: 1,
    });
  });

  it('has no say in what objects are made of', () => {
    const read = launchSummary.parse(summary({ shed: JSON.parse('{"__proto__": 3, "constructor": 2, "lag": 1}') }));
    expect(Object.entries(read.shed)).toEqual([
      ['constructor', 2],
      ['lag', 1],
    ]);
  });

  it.each([
    ['causes', { shed: Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`c${i}`, 'x'])) }],
    ['paths', { paths: Array.from({ length: 100_000 }, () => ({})) }],
    ['clusters', { clusters: Array.from({ length: 100_000 }, () => ({})) }],
    ['units', { paths: [path({ errorUnits: Array.from({ length: 100_000 }, () => 'ann') })] }],
    ['buckets', { paths: [path({ latency: Array.from({ length: 100_000 }, () => -1) })] }],
  ])('is refused with one mistake, not with as many as it has %s', (_, more) => {
    const { error } = launchSummary.safeParse(summary(more));
    expect(error?.issues).toHaveLength(1);
  });
});
