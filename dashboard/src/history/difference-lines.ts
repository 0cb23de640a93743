import type { DocumentDifference } from '../api/changes.ts';
import type { Condition, Targeting } from '../api/targeting.ts';
import { conditionsSentence } from '../sentences/condition-sentence.ts';
import { added, type DifferenceLine, keyLines, removed } from './difference-line.ts';
import { fieldLines } from './field-difference.ts';
import { ruleLines, targetingLines } from './targeting-difference.ts';

interface SegmentBody {
  readonly included?: readonly string[];
  readonly excluded?: readonly string[];
  readonly rules?: readonly {
    readonly id?: string;
    readonly description?: string;
    readonly when: readonly Condition[];
  }[];
}

/** Of the stamp that documents are answered with; not what somebody changed. */
const STAMP = ['version', 'revision'];

/** What differs in one document, as lines that can be read without knowing how it is stored. */
export function differenceLines({ kind, before, after }: Omit<DocumentDifference, 'id'>): DifferenceLine[] {
  if (after === null || after === undefined) return [removed('Deleted')];
  const was = withoutStamp(before);
  const is = withoutStamp(after);
  switch (kind) {
    case 'targeting':
      return targetingLines(was as Partial<Targeting>, is as Partial<Targeting>);
    case 'segment':
      return segmentLines(was, is);
    default: {
      const lines = fieldLines(was, is);
      // What begins empty is no news.
      return before === null ? lines.filter(({ text }) => !/: (\(empty\)|\[\]|\{\})$/.test(text)) : lines;
    }
  }
}

/** What a document is called: `new-checkout in production`, `segment testers`. */
export function documentTitle({ kind, id }: Pick<DocumentDifference, 'kind' | 'id'>): string {
  const parts = id.split('/');
  if (kind === 'targeting') return `${parts[1]} in ${parts[2]}`;
  if (kind === 'project') return `Project ${id}`;
  const noun = kind.charAt(0).toUpperCase() + kind.slice(1).replaceAll('-', ' ');
  return `${noun} ${parts.at(-1)}`;
}

function segmentLines(before: SegmentBody, after: SegmentBody): DifferenceLine[] {
  const { included: wereIn = [], excluded: wereOut = [], rules: wereRules = [], ...was } = before;
  const { included = [], excluded = [], rules = [], ...is } = after;
  const lines = [
    ...keyLines('Included', wereIn, included),
    ...keyLines('Excluded', wereOut, excluded),
    ...ruleLines(wereRules, rules, ({ when }) => conditionsSentence(when)),
    ...fieldLines(was, is),
  ];
  return lines.length > 0 || Object.keys(before).length > 0 ? lines : [added('Created')];
}

function withoutStamp(body: unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(body ?? {}).filter(([name]) => !STAMP.includes(name)));
}
