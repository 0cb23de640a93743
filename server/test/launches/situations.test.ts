/**
 * What the verdict says in which situation: the table of decision 0164. Over 350 lines, as it is one table, to be read
 * from top to bottom.
 */
import { bucketOf } from '@dimmer/core/histogram';
import { expect, it } from 'vitest';
import type { LaunchMinute } from '../../src/launches/launch-store.ts';
import { comparisons, path, reportOn, row, type Seen, shadowed } from './launch-rows.ts';

type Served = Readonly<Record<string, number>>;
type Situation = readonly [
  situation: string,
  served: Served,
  seen: Seen,
  ready: boolean,
  sentence: string | RegExp,
  before?: readonly LaunchMinute[],
];

const STAGES: ReadonlySet<string> = new Set(['dual-write', 'shadow', 'ramp-down', 'complete']);
const dark = { dark: 100 };
const live = { live: 100 };
const complete = { complete: 100 };
const answered = (calls: number, more: Parameters<typeof path>[4] = {}) =>
  path('live', 'candidate', 'answer', calls, more);
const harm = (worse: number, better: number, more: object = {}) => ({
  worse,
  better,
  with: [bucketOf(5.4), 1_000],
  without: [bucketOf(5), 1_000],
  stops: 0,
  share: { at: 1, low: 2, high: 2 },
  ...more,
});
const earlier = (calls: number, more: Parameters<typeof path>[4] = {}) => [
  row({ paths: [path('dark', 'control', 'answer', calls, more)] }, { minute: 0 }),
];

const SITUATIONS: readonly Situation[] = [
  // Enough, and all of it alike.
  [
    'all is alike',
    dark,
    { paths: shadowed(5_000), compared: comparisons(5_000) },
    true,
    'Ready to go live: none of 5,000 comparisons differs; errors 0 % against 0 %, p99 2.03 ms against 2.03 ms.',
  ],
  ['300 are alike', dark, { paths: shadowed(300), compared: comparisons(300) }, true, /^Ready to go live: none of 300/],

  // Tiny numbers.
  [
    'three are alike',
    dark,
    { paths: shadowed(3), compared: comparisons(3) },
    false,
    'Not yet: only 3 results were compared; 300 without a difference, so 297 more, would exclude that 1 % differ. Let it run at dark for longer, or for more people.',
  ],
  [
    'one of three differs',
    dark,
    { paths: shadowed(3), compared: comparisons(2, 1) },
    false,
    /^Not yet: 33.3 % of 3 comparisons differ, and control was never run twice/,
  ],
  [
    'three of 300 fail',
    dark,
    { paths: shadowed(300, { failed: 3 }), compared: comparisons(300) },
    false,
    'Not yet: the candidate fails in 1 % of 300 calls, control in 0 % of 300: too few to exclude that one in a hundred more fails.',
  ],
  [
    'nothing was observed',
    dark,
    {},
    false,
    'Not yet: nothing was observed in this time, although it is dark for 100 %: no process has called it, no call has ended, or none has been reported.',
  ],

  // Noise.
  [
    'as much noise as differences, measured well',
    dark,
    { paths: shadowed(10_000), compared: comparisons(9_969, 31), noise: comparisons(997, 3) },
    true,
    /no more than control from itself \(0.3 % of 1,000\)/,
  ],
  [
    'one noisy second run excuses nothing',
    dark,
    { paths: shadowed(400), compared: comparisons(0, 400), noise: comparisons(0, 1) },
    false,
    'Not yet: 100 % of 400 comparisons differ, and control differs from itself in 100 % of 1 second run, too few to excuse that.',
  ],
  [
    'ten second runs excuse nothing',
    dark,
    { paths: shadowed(400), compared: comparisons(200, 200), noise: comparisons(4, 6) },
    false,
    /^Not yet: 50 % of 400 comparisons differ, and control differs from itself in 60 % of 10 second runs, too few/,
  ],
  [
    'noise that is known too roughly',
    dark,
    { paths: shadowed(400), compared: comparisons(200, 200), noise: comparisons(200, 200) },
    false,
    /50 % of 400 second runs, too few to excuse that/,
  ],
  [
    'more differ than control from itself',
    dark,
    { paths: shadowed(10_000), compared: comparisons(8_000, 2_000), noise: comparisons(99, 1) },
    false,
    'Not yet: 20 % of 10,000 comparisons differ, and control differs from itself in 1 %.',
  ],
  [
    'few differ, of few',
    dark,
    { paths: shadowed(600), compared: comparisons(600), noise: comparisons(280, 20) },
    true,
    /^Ready/,
  ],
  [
    'none of 310 differs, two second runs did',
    dark,
    { paths: shadowed(310), compared: comparisons(310), noise: comparisons(0, 2) },
    true,
    /^Ready/,
  ],

  // Not compared, ignored, shed.
  [
    'half could not be compared',
    dark,
    { paths: shadowed(2_000), compared: comparisons(1_000, 0, 0, 1_000), notCompared: { unread: 700, large: 300 } },
    false,
    'Not yet: 50 % of 2,000 results were not compared (streams, bodies or iterators: 700; too large to copy or compare: 300), so nothing is known of them.',
  ],
  [
    'the comparison threw, and an older SDK does not say why',
    dark,
    { paths: shadowed(500), compared: comparisons(400, 0, 0, 100) },
    false,
    /^Not yet: 20 % of 500 results were not compared \(why, their SDK does not say\)/,
  ],
  [
    'nothing at all could be compared',
    dark,
    { paths: shadowed(500), compared: comparisons(0, 0, 0, 500), notCompared: { opaque: 500 } },
    false,
    /^Not yet: 100 % of 500 results were not compared \(of a kind that cannot be looked into: 500\)/,
  ],
  [
    'nearly all is ignored',
    dark,
    { paths: shadowed(5_000), compared: comparisons(20, 0, 4_980) },
    false,
    /^Not yet: 99.6 % of 5,000 results differ where that is ignored: what else they hold is alike, but whether they are right is not known/,
  ],
  [
    'a fifth is ignored, and holds nothing else',
    dark,
    { paths: shadowed(5_000), compared: comparisons(4_000, 0, 1_000), ignoredWhole: 1_000 },
    false,
    /^Not yet: 20 % of 5,000 results differ where that is ignored: all of them hold nothing else, so nothing is known of these/,
  ],
  [
    'a few are ignored, and it is said',
    dark,
    { paths: shadowed(5_000), compared: comparisons(4_000, 0, 1_000) },
    true,
    /^Ready to go live: none of 5,000 comparisons differs, and 20 % only where that is ignored/,
  ],
  [
    'most were shed by the brakes',
    dark,
    { paths: shadowed(1_000), compared: comparisons(1_000), shed: { lag: 2_000, heap: 1_000 } },
    false,
    'Not yet: 75 % of 4,000 shadows were shed to protect the callers (lag 2,000, heap 1,000); what ran may not be typical.',
  ],
  [
    'large inputs never ran',
    dark,
    { paths: shadowed(1_000), compared: comparisons(1_000), shed: { uncopyable: 500 } },
    false,
    /^Not yet: 33.3 % of 1,500 shadows were shed .*\(uncopyable 500\)/,
  ],
  [
    'a sample was asked for',
    dark,
    { paths: shadowed(1_000), compared: comparisons(1_000), shed: { sample: 9_000 } },
    true,
    / 90 % of the calls had no shadow, most of them because: not in the sample \(sample\)\.$/,
  ],
  [
    'few were let in, by lot',
    dark,
    { paths: shadowed(1_000), compared: comparisons(1_000), shed: { held: 9_000 } },
    true,
    /^Ready .* 90 % of the calls had no shadow, most of them because: few are let in .* \(held\)\.$/,
  ],
  [
    'none has run',
    dark,
    { paths: [path('dark', 'control', 'answer', 5_000)], shed: { heap: 4_000, lag: 1_000 } },
    false,
    'Not yet: none of 5,000 shadows has run: all were shed, most for "heap".',
  ],

  // Hanging.
  [
    'some hang',
    dark,
    { paths: shadowed(1_000, { hanging: 50 }), compared: comparisons(950) },
    false,
    "Not yet: the candidate hangs: 50 of 1,050 calls were still under way after their time, 0 of control's.",
  ],
  [
    'all hang, so that nothing else is known',
    dark,
    { paths: [path('dark', 'control', 'answer', 400), path('dark', 'candidate', 'shadow', 0, { hanging: 400 })] },
    false,
    /^Not yet: the candidate hangs: 400 of 400 calls/,
  ],
  [
    'live, and some hang',
    live,
    { paths: [answered(2_000, { hanging: 100 })] },
    false,
    /^Live for everybody, but: the candidate hangs: 100 of 2,100 calls/,
  ],
  [
    'live, and all hang',
    live,
    { paths: [answered(0, { hanging: 40 })] },
    false,
    /^Live for everybody, but: the candidate hangs: 40 of 40 calls/,
  ],

  // Harm.
  [
    'callers feel the shadows',
    dark,
    { paths: shadowed(5_000), compared: comparisons(5_000), switchback: harm(60, 20) },
    false,
    /^Not yet: control's p99 is 7\.\d+ % longer while shadows run \(5\.\d+ ms, else 5\.\d+ ms; slower with them in 60 of 80 pairs of windows\): shadows are held at 2 %\.$/,
  ],
  [
    'callers do not feel them',
    dark,
    {
      paths: shadowed(5_000),
      compared: comparisons(5_000),
      switchback: harm(410, 400, { share: { at: 1, low: 100, high: 100 } }),
    },
    true,
    /^Ready/,
  ],
  [
    'callers are a little slower on average, and it is said',
    dark,
    {
      paths: shadowed(5_000),
      compared: comparisons(5_000),
      switchback: harm(410, 400, { longer: 70, notLonger: 20, share: { at: 1, low: 100, high: 100 } }),
    },
    true,
    /^Ready to go live: .* But control is slower on average while shadows run, too little to hold them back \(in 70 of 90 pairs of windows by more than 5 %/,
  ],
  [
    'callers are a little slower in half of the pairs: chance',
    dark,
    {
      paths: shadowed(5_000),
      compared: comparisons(5_000),
      switchback: harm(410, 400, { longer: 460, notLonger: 440, share: { at: 1, low: 100, high: 100 } }),
    },
    true,
    /^Ready to go live: (?!.*slower on average)/,
  ],
  [
    'one process has stopped once, and all together say otherwise',
    dark,
    { paths: shadowed(5_000), compared: comparisons(5_000), switchback: harm(5_000, 5_010, { stops: 1 }) },
    true,
    /^Ready/,
  ],
  [
    'a process has stopped, and the rest does not contradict',
    dark,
    {
      paths: shadowed(5_000),
      compared: comparisons(5_000),
      switchback: harm(60, 40, { stops: 2, harmedAt: { at: 1, low: 8, high: 8 } }),
    },
    false,
    /shadows are held at 2 %, after they were stopped 2 times, last at 8 %\.$/,
  ],

  // Slow.
  [
    'everybody waits longer, the slowest do not',
    dark,
    {
      paths: [
        path('dark', 'control', 'answer', 1_000, { latency: [bucketOf(2), 900, bucketOf(90), 100] }),
        path('dark', 'candidate', 'shadow', 1_000, { latency: [bucketOf(40), 900, bucketOf(90), 100] }),
      ],
      compared: comparisons(1_000),
    },
    false,
    /^Not yet: the candidate is slower: its p50 is 40\.\d ms, control's 2\.03 ms \(19\.\d times as long\)/,
  ],

  // Live, with and without a control.
  [
    'live: three calls',
    live,
    { paths: [answered(3)] },
    false,
    'Live for everybody, but: only 3 calls were answered by it in this time; 300 without a failure, so 297 more, would exclude that 1 % fail.',
  ],
  ['live: nobody has called', live, {}, false, /^Live for everybody, but: nothing was observed in this time/],
  [
    'live: all is well, and there is no control',
    live,
    { paths: [answered(5_000)] },
    true,
    'Live for everybody, and nothing stands against it: errors 0 % of 5,000, p99 2.03 ms; there is no control to compare that with, now or before.',
  ],
  [
    'live: a third fails, and there is no control',
    live,
    { paths: [answered(2_000, { failed: 667 })] },
    false,
    'Live for everybody, but: the candidate fails in 33.4 % of 2,000 calls; how often control fails is not known, and more than 1 % is never well; most with TypeError.',
  ],
  [
    'live: a few of a few fail, and there is no control',
    live,
    { paths: [answered(300, { failed: 3 })] },
    false,
    /^Live for everybody, but: the candidate fails in 1 % of 300 calls: too few to exclude that more than 1 % of them fail/,
  ],
  [
    'live: it fails no more than control did before',
    live,
    { paths: [answered(5_000, { failed: 100 })] },
    true,
    "Live for everybody, and nothing stands against it: errors 2 % of 5,000, control's 2 % before; p99 2.03 ms against 2.03 ms.",
    earlier(5_000, { failed: 100 }),
  ],
  [
    'live: it fails more than control did before',
    live,
    { paths: [answered(5_000, { failed: 100 })] },
    false,
    'Live for everybody, but: the candidate fails in 2 % of 5,000 calls, control in 0.2 % before; most with TypeError.',
    earlier(5_000, { failed: 10 }),
  ],
  [
    'live: it is slower than control was before',
    live,
    { paths: [answered(5_000, { tookMs: 60 })] },
    false,
    /its p99 is 60\.\d ms, control's 2\.03 ms before \(29\.\d times as long\)/,
    earlier(5_000),
  ],
  [
    'live: a third fails, which the fallback hides from callers',
    live,
    { paths: [answered(2_000, { failed: 667 }), path('live', 'control', 'fallback', 667)] },
    false,
    /^Live for everybody, but: the candidate fails in 33.4 % of 2,000 calls, where control answered in its stead; /,
  ],
  [
    'live: the fallback fails as well',
    live,
    { paths: [answered(2_000, { failed: 600 }), path('live', 'control', 'fallback', 600, { failed: 60 })] },
    false,
    /where control answered in its stead, and failed itself in 10 %; /,
  ],
  [
    'complete: a third of the reads fails',
    complete,
    { paths: [path('complete', 'candidate', 'answer', 2_000, { operation: 'read', failed: 667 })] },
    false,
    /^Live for everybody, but: the candidate fails in 33.4 % of 2,000 reads/,
  ],
  [
    'complete: writes fail',
    complete,
    {
      paths: [
        path('complete', 'candidate', 'answer', 2_000, { operation: 'read' }),
        path('complete', 'candidate', 'answer', 500, { operation: 'write', failed: 50 }),
      ],
    },
    false,
    /^Live for everybody, but: the candidate fails in 10 % of 500 writes/,
  ],
  [
    'dual-write: nothing is compared yet',
    { 'dual-write': 100 },
    { paths: [path('dual-write', 'control', 'answer', 900, { operation: 'read' })] },
    false,
    'Not yet: no read is compared at dual-write: that begins at shadow, to which it goes when the new side has been filled.',
  ],
  [
    'shadow: three second writes of many have failed',
    { shadow: 100 },
    {
      paths: [
        path('shadow', 'control', 'answer', 5_000, { operation: 'read' }),
        path('shadow', 'candidate', 'shadow', 5_000, { operation: 'read' }),
        path('shadow', 'control', 'answer', 90_000, { operation: 'write' }),
        path('shadow', 'candidate', 'shadow', 90_000, { operation: 'write', failed: 3, hanging: 2 }),
      ],
      compared: comparisons(5_000),
    },
    false,
    'Not yet: of 90,002 writes to the new side 3 failed and 2 had not ended after their time, so what they wrote may be missing there; most with TypeError. Copy it again.',
  ],
  [
    'ramp-down: the old side, to which one may want to go back, misses a write',
    { 'ramp-down': 100 },
    {
      paths: [
        path('ramp-down', 'candidate', 'answer', 5_000, { operation: 'read' }),
        path('ramp-down', 'candidate', 'answer', 400, { operation: 'write' }),
        path('ramp-down', 'control', 'shadow', 400, { operation: 'write', failed: 1 }),
      ],
    },
    false,
    /^Live for everybody, but: of 400 writes to the old side 1 failed, so what they wrote may be missing there/,
  ],
  [
    '10 % live: a third of them fails',
    { dark: 90, live: 10 },
    { paths: [...shadowed(9_000), answered(1_000, { failed: 333 })], compared: comparisons(9_000) },
    false,
    /^Not yet: the candidate fails in 33.3 % of 1,000 calls at live, control in 0 %; most with TypeError/,
  ],
  [
    '10 % live: 40 of them, all well',
    { dark: 90, live: 10 },
    { paths: [...shadowed(9_000), answered(40)], compared: comparisons(9_000) },
    false,
    /^Not yet: the candidate fails in 0 % of 40 calls at live, control in 0 % of 9,000: too few to exclude that one in a hundred more/,
  ],
  [
    'live and verified: half differs',
    live,
    { paths: [answered(2_000), path('live', 'control', 'shadow', 2_000)], compared: comparisons(1_000, 1_000) },
    false,
    /^Live for everybody, but: 50 % of 2,000 comparisons differ/,
  ],
];

const situations = SITUATIONS.map(([situation, ...rest]) => ({ situation, rest }));
it.each(situations)('$situation', async ({ rest: [served, seen, ready, sentence, before = []] }) => {
  const type = Object.keys(served).some((stage) => STAGES.has(stage)) ? 'migration' : 'launch';
  const { verdict } = await reportOn([row(seen)], { served, type, before });
  if (typeof sentence === 'string') expect(verdict.sentence).toBe(sentence);
  else expect(verdict.sentence).toMatch(sentence);
  expect(verdict.ready).toBe(ready);
});

it('says all that stands against it, the gravest first', async () => {
  const seen = {
    paths: shadowed(1_000, { failed: 200, hanging: 100 }),
    compared: comparisons(100, 100, 0, 800),
    shed: { lag: 4_000 },
  };
  const { verdict } = await reportOn([row(seen)]);
  expect(verdict.reasons.map(({ code }) => code)).toEqual(['DIFFERENT', 'FAILING', 'HANGING', 'NOT_COMPARED', 'SHED']);
});

it('does not let browsers say whether callers are harmed, as anybody may have their key', async () => {
  const seen = { paths: shadowed(5_000), compared: comparisons(5_000) };
  const lie = row({ switchback: harm(1e9, 0) }, { audience: 'browser' });
  const all = await reportOn([row(seen), lie]);
  expect(all.harm).toBeNull();
  expect(all.verdict.ready).toBe(true);
  expect((await reportOn([row(seen), lie], { audience: 'browser' })).harm?.seen).toBe(true);
});

it('does not ask for more results where enough there were, and could not be compared', async () => {
  const seen = { paths: shadowed(400), compared: comparisons(0, 0, 0, 400), notCompared: { threw: 400 } };
  const { verdict } = await reportOn([row(seen)]);
  expect(verdict.reasons.map(({ code }) => code)).toEqual(['NOT_COMPARED']);
});

it('does not let browsers drown what is wrong in calls that never were', async () => {
  const wrong = row({ paths: shadowed(2_000, { failed: 200 }), compared: comparisons(1_800, 200) });
  const flood = { paths: shadowed(1_000_000), compared: comparisons(1_000_000) };
  const { verdict, mismatches } = await reportOn([wrong, row(flood, { audience: 'browser' })]);
  expect(mismatches.rate).toBeLessThan(0.001);
  expect(verdict.ready).toBe(false);
  expect(verdict.sentence).toBe(
    'Not yet: the candidate fails in 0.02 % of 1,002,000 calls, control in 0 %; most with TypeError.',
  );
  expect(verdict.reasons).toContainEqual({
    code: 'DIFFERENT',
    sentence:
      'by servers’ word alone, 10 % of 2,000 comparisons differ, and control was never run twice, so how often it differs from itself is not known.',
  });
});

it('says whose word it is if most is that of browsers', async () => {
  const seen = { paths: shadowed(1_000), compared: comparisons(1_000) };
  const [server, browser] = [row(seen), row({ ...seen, paths: shadowed(9_000) }, { audience: 'browser' })];
  const sentenceOf = async (rows: LaunchMinute[]) => (await reportOn(rows)).verdict.sentence;
  expect(await sentenceOf([browser])).toMatch(/ All of that is browsers’ word, whose key is public\.$/);
  expect(await sentenceOf([server, browser])).toMatch(/ Most of that is browsers’ word, whose key is public\.$/);
  expect(await sentenceOf([server])).not.toContain('word');
});
