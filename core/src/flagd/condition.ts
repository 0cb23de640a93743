import { isUnderstood, NOW } from '../condition.ts';
import { canonical, isInexact, namesOf } from '../context.ts';
import type { Condition, RulesetSegment } from '../model.ts';
import { parseDivision, parseNumber } from '../operators.ts';
import {
  all,
  any,
  isExact,
  isKey,
  isNumber,
  isOneOf,
  isPresent,
  isSafeInteger,
  isText,
  type Logic,
  not,
} from './logic.ts';

/** What conditions are translated with. */
export interface Translation {
  /** Absent inside a segment: there are no segments in segments. */
  readonly segments?: { readonly [key: string]: RulesetSegment };
  /** Told what flagd cannot express. What is translated then is of no use. */
  readonly complain: (why: string) => void;
  /** Told how many values are about to be written out. Throws if they are too many. */
  readonly spend: (values: number) => void;
}

const COMPARISONS: { readonly [operator: string]: string } = {
  lt: '<',
  lte: '<=',
  gt: '>',
  gte: '>=',
  semverEq: '=',
  semverLt: '<',
  semverLte: '<=',
  semverGt: '>',
  semverGte: '>=',
};

/** Why an operator has no counterpart. */
const INEXPRESSIBLE: { readonly [operator: string]: string } = {
  matches: 'flagd has no regular expressions',
  cidr: 'flagd has no ranges of addresses',
  before: 'flagd reads no dates',
  after: 'flagd reads no dates',
};

/** No version comes before this one, so it is how flagd is asked whether a text is a version. */
const FIRST_VERSION = '0.0.0-0';

/** Where flagd finds an attribute of a condition. */
function translateAttribute(attribute: string, complain: Translation['complain']): Logic {
  if (attribute === NOW) complain(`attribute ${NOW}: flagd counts in seconds`);
  return translatePath(attribute, namesOf(attribute) ?? [attribute], complain);
}

/** Where flagd finds the attribute that an allocation splits by. */
export function translateKey(by: string, complain: Translation['complain']): Logic {
  return translatePath(by, namesOf(by) ?? [by], complain);
}

/** `var`, whose dots are steps. */
function translatePath(attribute: string, names: readonly string[], complain: Translation['complain']): Logic {
  const last = names.length - 1;
  if (names.some((name) => name === '' || /[.\\]|^\$flagd$/.test(name))) {
    complain(`attribute '${attribute}': flagd takes dots for steps, and $flagd for its own`);
  } else if (names.some((name, i) => isNatural(name, last > 0, i < last))) {
    complain(`attribute '${attribute}': flagd finds what every object, text or list has by nature`);
  }
  return { var: names.join('.') };
}

/** Whether flagd's JavaScript finds `name` where nobody has set it. It passes over methods, but steps through them. */
function isNatural(name: string, isPath: boolean, isStep: boolean): boolean {
  if (name === '__proto__') return true;
  return isPath && (/^(\d+|length)$/.test(name) || (isStep && (name in Array.prototype || name in String.prototype)));
}

/** All conditions of a rule, as one expression. */
export function translateConditions(when: readonly Condition[], translation: Translation): Logic {
  return all(...when.map((condition) => translateCondition(condition, translation)));
}

function translateCondition(condition: Condition, translation: Translation): Logic {
  const { attribute = '', operator, values, ignoreCase } = condition;
  const { complain, spend } = translation;
  spend(1 + values.length);
  if (operator === 'inSegment') return translateMembership(condition, translation);
  // As in the evaluator: what can never match does not, negated or not.
  if (!isUnderstood(condition)) {
    if (!translation.segments) complain(`${operator}: a segment relies on a condition that is not understood`);
    return false;
  }
  const missing = Object.hasOwn(INEXPRESSIBLE, operator) && INEXPRESSIBLE[operator];
  if (missing) complain(`${operator}: ${missing}`);
  const value = translateAttribute(attribute, complain);
  /** Negation speaks only of those whose value can be compared. */
  const whether = (isComparable: Logic, matches: Logic): Logic => {
    return condition.not ? all(isComparable, not(matches)) : all(isComparable, matches);
  };
  if (ignoreCase && ['in', 'startsWith', 'endsWith', 'contains'].includes(operator)) {
    complain('ignoreCase: flagd compares letters as they are');
  }
  switch (operator) {
    case 'exists':
      return condition.not ? { '===': [value, null] } : isPresent(value);
    case 'in': {
      const isIn = isOneOf(attribute, value, values.map(canonical) as string[]);
      return condition.not ? whether(all(isPresent(value), isExact(value)), isIn) : isIn;
    }
    case 'startsWith':
    case 'endsWith': {
      const name = operator === 'startsWith' ? 'starts_with' : 'ends_with';
      const holds = any(...values.map((text) => ({ [name]: [value, text] })));
      return condition.not ? whether(isText(value), holds) : holds;
    }
    case 'contains':
      // To flagd an empty text is an empty list, which does not even contain nothing.
      return whether(isText(value), any(...values.map((text) => text === '' || { in: [text, value] })));
    case 'lt':
    case 'lte':
    case 'gt':
    case 'gte':
      return whether(
        isNumber(value),
        any(
          ...values.map((limit) => {
            const number = parseNumber(limit)!;
            if (isInexact(Number(number))) complain(`${operator}: flagd's numbers are not exact beyond 2^53`);
            return { [COMPARISONS[operator]!]: [value, Number(number)] };
          }),
        ),
      );
    case 'modulo':
      return whether(
        isSafeInteger(value),
        any(...values.map((division) => hasRemainder(value, parseDivision(division)!))),
      );
    case 'semverEq':
    case 'semverLt':
    case 'semverLte':
    case 'semverGt':
    case 'semverGte': {
      const sign = COMPARISONS[operator]!;
      const holds = any(...values.map((version) => ({ sem_ver: [value, sign, fullVersion(version, complain)] })));
      return whether(
        condition.not ? all(isText(value), { sem_ver: [value, '>=', FIRST_VERSION] }) : isText(value),
        holds,
      );
    }
    default:
      return false;
  }
}

/** To flagd's JavaScript a remainder has the sign of the number; to us it is never negative. */
function hasRemainder(value: Logic, [divisor, remainder]: readonly [number, number]): Logic {
  if (remainder < 0 || remainder >= divisor) return false;
  return { in: [{ '%': [value, divisor] }, [remainder, remainder - divisor]] };
}

/** Complete, as flagd wants versions: `v2-rc+7` becomes `2.0.0-rc`. */
function fullVersion(version: unknown, complain: Translation['complain']): string {
  const [precedence = ''] = String(version).replace(/^v/i, '').split('+');
  const [release = '', ...prerelease] = precedence.split('-');
  const numbers = [...release.split('.'), '0', '0'].slice(0, 3);
  const text = [numbers.join('.'), ...prerelease].join('-');
  if (text.length > 256 || /\d{16}/.test(text)) complain(`${text}: too long a version for flagd`);
  return text;
}

/**
 * Segments are written out where they are used: who is known to be inside, or, negated, who is known to be outside. The
 * two are not each other's contrary: of some it cannot be said.
 */
function translateMembership({ values, not: isNot }: Condition, translation: Translation): Logic {
  const { segments, ...inside } = translation;
  const translate = isNot ? isOutside : isInside;
  const memberships = values.map((key) => {
    const segment = segments && Object.hasOwn(segments, String(key)) ? segments[String(key)] : undefined;
    // Who knows nothing of a segment cannot say that somebody is in it, nor outside.
    return segment ? translate(segment, inside) : false;
  });
  return isNot ? all(...memberships) : any(...memberships);
}

const KEY = { var: 'targetingKey' };

function isListed(keys: readonly string[]): Logic {
  return isOneOf('targetingKey', KEY, keys);
}

/** A context without a key is not known to be off a list, unless that is empty. */
function isUnlisted(keys: readonly string[]): Logic {
  return keys.length === 0 || all(isKey('targetingKey', KEY), not(isListed(keys)));
}

function isInside({ included = [], excluded = [], rules = [] }: RulesetSegment, inside: Translation): Logic {
  inside.spend(included.length + excluded.length);
  const byRule = rules.map(({ when }) => translateConditions(when, inside));
  return all(isUnlisted(excluded), any(isListed(included), ...byRule));
}

function isOutside({ included = [], excluded = [], rules = [] }: RulesetSegment, inside: Translation): Logic {
  inside.spend(included.length + excluded.length);
  // A rule is known to fail where one of its conditions does: where the contrary holds, which speaks of known values only.
  const byRule = rules.map(({ when }) => {
    return (
      when.every(isUnderstood) && any(...when.map((each) => translateCondition({ ...each, not: !each.not }, inside)))
    );
  });
  return any(isListed(excluded), all(isUnlisted(included), ...byRule));
}
