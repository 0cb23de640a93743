import type { Operator } from './model.ts';

/** Every operator of conditions, in the order in which they are documented. An entry of its own: SDKs do not carry it. */
export const CONDITION_OPERATORS = [
  'in',
  'startsWith',
  'endsWith',
  'contains',
  'matches',
  'lt',
  'lte',
  'gt',
  'gte',
  'before',
  'after',
  'semverEq',
  'semverLt',
  'semverLte',
  'semverGt',
  'semverGte',
  'exists',
  'inSegment',
  'modulo',
  'cidr',
] as const satisfies readonly Operator[];
