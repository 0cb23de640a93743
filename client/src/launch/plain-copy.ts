/** Members, in all, of what is copied by hand. */
const MOST = 1_000;

/**
 * A true copy of plain data: primitives, lists, and objects without a class, a getter or a symbol, each met once.
 * Undefined of all else.
 */
export function plainCopy(value: unknown): { readonly value: unknown } | undefined {
  const seen = new Set<unknown>();
  let room = MOST;
  const copy = (one: unknown): unknown => {
    if (!room-- || typeof one === 'function' || seen.has(one)) throw one;
    if (typeof one !== 'object' || !one) return one;
    seen.add(one);
    const isList = Array.isArray(one);
    const made = (isList ? [] : {}) as Record<PropertyKey, unknown>;
    if (Object.getPrototypeOf(one) !== Object.getPrototypeOf(made) || !Object.isExtensible(one)) throw one;
    for (const name of Reflect.ownKeys(one)) {
      const said = Object.getOwnPropertyDescriptor(one, name)!;
      if (isList && name === 'length') made.length = said.value;
      else if (!said.enumerable || !('value' in said) || typeof name === 'symbol' || name === '__proto__') throw one;
      else made[name] = copy(said.value);
    }
    return made;
  };
  try {
    return { value: copy(value) };
  } catch {
    return undefined;
  }
}
