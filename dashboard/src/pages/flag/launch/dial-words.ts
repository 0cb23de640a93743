import type { Dials } from '../../../api/launch-report.ts';

/** A dial that is a number. */
export type NumberDial = Exclude<keyof Dials, 'ignore'>;

interface DialWords {
  readonly label: string;
  readonly meaning: string;
  /** What holds where neither server nor code says otherwise. */
  readonly usual: string;
  readonly unit: string;
  readonly most: number;
  readonly isWhole?: true;
}

/** The dials that are numbers, in the order in which they are wanted. */
export const DIAL_WORDS: ReadonlyMap<NumberDial, DialWords> = new Map<NumberDial, DialWords>([
  [
    'samplePercent',
    { label: 'Sample', meaning: 'of the people in the dark, by hash', usual: '100', unit: '%', most: 100 },
  ],
  [
    'maxInFlight',
    {
      label: 'At once',
      meaning: 'shadows of this flag in one process',
      usual: '10',
      unit: '',
      most: 10_000,
      isWhole: true,
    },
  ],
  [
    'maxPerMinute',
    {
      label: 'A minute',
      meaning: 'shadows begun in one process',
      usual: '6000',
      unit: '',
      most: 10_000_000,
      isWhole: true,
    },
  ],
  [
    'timeoutMs',
    { label: 'Time-out', meaning: 'after which a shadow is given up', usual: '5000', unit: 'ms', most: 600_000 },
  ],
  [
    'maxBlockMs',
    { label: 'Blocking', meaning: 'of the event loop by one shadow', usual: '25', unit: 'ms', most: 60_000 },
  ],
  [
    'maxBusyPercent',
    { label: 'Busy', meaning: 'share of the time that shadows may block', usual: '0.2', unit: '%', most: 100 },
  ],
  [
    'maxLagMs',
    { label: 'Lag', meaning: 'of the event loop above which none begins', usual: '50', unit: 'ms', most: 60_000 },
  ],
  ['maxHeapPercent', { label: 'Heap', meaning: 'in use above which none begins', usual: '80', unit: '%', most: 100 }],
  [
    'noisePercent',
    { label: 'Noise', meaning: 'of dark calls that run control twice', usual: '1', unit: '%', most: 100 },
  ],
  [
    'verifyPercent',
    { label: 'Verify', meaning: 'of live calls that run control in the shadow', usual: '0', unit: '%', most: 100 },
  ],
  [
    'fleetCallsPerSecond',
    {
      label: 'All browsers',
      meaning: 'calls a second of all pages together',
      usual: '10',
      unit: '/s',
      most: 1_000_000,
    },
  ],
] as const);

/** Reads what was typed for a dial: a number in its bounds, `null` for nothing, or what is wrong. */
export function parseDial(name: NumberDial, text: string): number | null | { readonly problem: string } {
  const words = DIAL_WORDS.get(name);
  const trimmed = text.trim().replace(',', '.');
  if (trimmed === '') return null;
  const value = Number(trimmed);
  if (!/^\d+(\.\d+)?$/.test(trimmed) || !Number.isFinite(value))
    return { problem: 'Write a number, or leave it empty.' };
  if (words && value > words.most) return { problem: `At most ${words.most}.` };
  if (words?.isWhole && !Number.isInteger(value)) return { problem: 'Write a whole number.' };
  return value;
}

/** What is wrong with a path that differences may be passed over at, in the server's words; null: nothing. */
export function ignoredPathProblem(path: string): string | null {
  if (path.length > 200) return 'A path has at most 200 characters.';
  if (!/^\/([^~]|~[01])*$/.test(path)) return 'A path is a JSON pointer, such as /updatedAt or /items/*/id.';
  return path.includes('/**/') ? '"**" stands at the end only, such as in /items/**; "*" is any one key.' : null;
}
