/** What the values of an operator are, so that they can be typed and checked. */
export type Takes =
  | 'anything'
  | 'text'
  | 'pattern'
  | 'number'
  | 'instant'
  | 'version'
  | 'division'
  | 'range'
  | 'segment'
  | 'nothing';

interface Operator {
  readonly operator: string;
  /** Between attribute and values, as it is chosen. */
  readonly name: string;
  readonly takes: Takes;
  readonly knowsCase?: true;
}

/** Every operator, in the order in which they are offered. */
export const OPERATORS: readonly Operator[] = [
  { operator: 'in', name: 'is one of', takes: 'anything', knowsCase: true },
  { operator: 'startsWith', name: 'starts with', takes: 'text', knowsCase: true },
  { operator: 'endsWith', name: 'ends with', takes: 'text', knowsCase: true },
  { operator: 'contains', name: 'contains', takes: 'text', knowsCase: true },
  { operator: 'matches', name: 'matches regex', takes: 'pattern', knowsCase: true },
  { operator: 'exists', name: 'exists', takes: 'nothing' },
  { operator: 'inSegment', name: 'is in the segment', takes: 'segment' },
  { operator: 'lt', name: 'is less than', takes: 'number' },
  { operator: 'lte', name: 'is at most', takes: 'number' },
  { operator: 'gt', name: 'is more than', takes: 'number' },
  { operator: 'gte', name: 'is at least', takes: 'number' },
  { operator: 'before', name: 'is before', takes: 'instant' },
  { operator: 'after', name: 'is after', takes: 'instant' },
  { operator: 'semverEq', name: 'is version', takes: 'version' },
  { operator: 'semverLt', name: 'is older than version', takes: 'version' },
  { operator: 'semverLte', name: 'is version … or older', takes: 'version' },
  { operator: 'semverGt', name: 'is newer than version', takes: 'version' },
  { operator: 'semverGte', name: 'is version … or newer', takes: 'version' },
  { operator: 'modulo', name: 'divided by … leaves …', takes: 'division' },
  { operator: 'cidr', name: 'is in the address range', takes: 'range' },
];

/** A newer server may know operators that this page does not: their values are whatever they are. */
export function operatorOf(operator: string): Operator {
  return OPERATORS.find((each) => each.operator === operator) ?? { operator, name: operator, takes: 'anything' };
}
