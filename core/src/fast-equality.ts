/**
 * The most frequent condition sooner, where bytes are cheaper than time: `in`, of a short text, a number or a boolean.
 * Their comparison has no price (docs/decisions/0117), so nothing is counted. Whether the context's property is its own,
 * which costs as much as all else, is looked at only where the answer hangs on it. Why: decision 0177.
 */
import { type Check, MAX_INDEXED_UNITS, NOW, type Test } from './condition.ts';
import { own } from './context.ts';
import type { Condition } from './model.ts';

/**
 * Undefined for any other condition than of a literal attribute with values that are compared as they are.
 *
 * @param judge the condition, of a value that has been read
 * @param testOf what `judge` tests values with; undefined until it was asked about one
 * @param isOfFlag whether "no" and "it cannot be said" come to the same, as they do for a rule of a flag
 */
export function hastenEquality(
  { attribute = '', operator, not, ignoreCase }: Condition,
  judge: Test,
  testOf: () => Test | undefined,
  isOfFlag: boolean,
): Check | undefined {
  if (operator !== 'in' || ignoreCase || attribute[0] === '/' || attribute === NOW) return undefined;
  const isNot = not === true;
  let test: Test | undefined;
  // Hot path.
  return (context) => {
    let value: unknown;
    try {
      value = context[attribute];
    } catch {
      // By a getter, which may be inherited, and then nobody asked it.
      value = own(context, attribute);
    }
    if (value === undefined) return undefined;
    if (typeof value === 'string' ? value.length <= MAX_INDEXED_UNITS : typeof value !== 'object') {
      test ??= testOf();
      const verdict = test?.(value);
      if (verdict !== undefined && ((isOfFlag && verdict === isNot) || Object.hasOwn(context, attribute))) {
        return verdict !== isNot;
      }
    }
    return judge(Object.hasOwn(context, attribute) ? value : undefined);
  };
}
