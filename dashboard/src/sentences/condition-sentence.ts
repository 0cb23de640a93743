import type { Condition } from '../api/targeting.ts';
import { shownText } from './shown-text.ts';

/** Values named before the rest is a number. */
const MOST_NAMED = 12;

/** What an operator says, and what it says turned round. `%` stands for the values. */
const SAYS: Readonly<Record<string, readonly [plain: string, negated: string]>> = {
  startsWith: ['starts with %', 'does not start with %'],
  endsWith: ['ends with %', 'does not end with %'],
  contains: ['contains %', 'does not contain %'],
  matches: ['matches regex %', 'does not match regex %'],
  lt: ['is less than %', 'is not less than %'],
  lte: ['is at most %', 'is more than %'],
  gt: ['is more than %', 'is at most %'],
  gte: ['is at least %', 'is less than %'],
  before: ['is before %', 'is not before %'],
  after: ['is after %', 'is not after %'],
  semverEq: ['is version %', 'is not version %'],
  semverLt: ['is older than version %', 'is not older than version %'],
  semverLte: ['is version % or older', 'is newer than version %'],
  semverGt: ['is newer than version %', 'is version % or older'],
  semverGte: ['is version % or newer', 'is older than version %'],
  cidr: ['is in %', 'is not in %'],
};

const NO_VALUE = '(no value: this matches nobody)';

/**
 * A condition as people say it, e.g. `country is one of DE, AT`.
 *
 * @param empty what stands for values that are not there
 */
export function conditionSentence(condition: Condition, empty = NO_VALUE): string {
  const { operator, values, not = false, ignoreCase = false } = condition;
  const attribute = attributeName(condition.attribute);
  const many = values.length > 1;
  const said = (): string => {
    switch (operator) {
      case 'in':
        if (many) return `${attribute} is ${not ? 'none of' : 'one of'} ${named(values, ', ', empty)}`;
        return `${attribute} is ${not ? 'not ' : ''}${named(values, '', empty)}`;
      case 'exists':
        return `${attribute} ${not ? 'does not exist' : 'exists'}`;
      case 'inSegment':
        return `someone is ${not ? 'not ' : ''}in ${many ? 'one of the segments' : 'the segment'} ${named(values, ', ', empty)}`;
      case 'modulo':
        return `${attribute} ${not ? 'does not leave' : 'leaves'} ${values.map(remainder).join(' or ')}`;
      default: {
        const sentence = SAYS[operator]?.[not ? 1 : 0];
        if (sentence === undefined) return `${attribute} ${not ? 'not ' : ''}${operator} ${named(values, ', ', empty)}`;
        return `${attribute} ${sentence.replace('%', () => named(values, ' or ', empty))}`;
      }
    }
  };
  return said() + (ignoreCase ? ' (ignoring case)' : '');
}

/** All conditions of a rule: everybody that they hold for. */
export function conditionsSentence(when: readonly Condition[], empty?: string): string {
  return when.length === 0 ? 'everybody' : when.map((each) => conditionSentence(each, empty)).join(', and ');
}

function attributeName(attribute: string | undefined): string {
  if (attribute === undefined || attribute === '') return '…';
  return attribute === '$now' ? 'the time' : shownText(attribute);
}

function named(values: readonly unknown[], between: string, empty: string): string {
  if (values.length === 0) return empty;
  const shown = values.slice(0, MOST_NAMED).map(valueText);
  const more = values.length - shown.length;
  return shown.join(between) + (more > 0 ? ` and ${more} more` : '');
}

/** Texts stand as they are unless that would make them look like something else. */
function valueText(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value) ?? '';
  const isPlain = /^[^\s,"](?:[^,"]*[^\s,"])?$/.test(value) && !/^(true|false|null|-?\d+(\.\d+)?)$/.test(value);
  return isPlain || /^\d{4}-\d\d-\d\dT/.test(value) ? shownText(value) : JSON.stringify(shownText(value));
}

function remainder(value: unknown): string {
  const [divisor, rest] = Array.isArray(value) ? value : [];
  return `${String(rest)} when divided by ${String(divisor)}`;
}
