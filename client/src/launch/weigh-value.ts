/** Looked at in one value. Whatever has more is as heavy as can be. */
const MAX_NODES = 20_000;
/** Of an object, a list or a number, about. */
const NODE_BYTES = 16;

/**
 * About how many bytes of memory a value holds: characters, bytes and members, each object once.
 *
 * @returns `Infinity` for what is too large to be looked through, or cannot be looked at
 */
export function weighValue(value: unknown): number {
  const seen = new Set<object>();
  const waiting: unknown[] = [value];
  let bytes = 0;
  try {
    for (let nodes = 0; waiting.length > 0; nodes++) {
      if (nodes >= MAX_NODES) return Number.POSITIVE_INFINITY;
      const next = waiting.pop();
      bytes += NODE_BYTES;
      if (typeof next === 'string') bytes += 2 * next.length;
      if (typeof next !== 'object' || next === null || seen.has(next)) continue;
      seen.add(next);
      if (ArrayBuffer.isView(next) || next instanceof ArrayBuffer) {
        bytes += next.byteLength;
        continue;
      }
      if (next instanceof Map || next instanceof Set) {
        if (next.size > MAX_NODES) return Number.POSITIVE_INFINITY;
        for (const member of next.entries()) waiting.push(...member);
      }
      const members = Object.values(next);
      if (members.length > MAX_NODES) return Number.POSITIVE_INFINITY;
      for (const member of members) waiting.push(member);
    }
  } catch {
    // A getter of the value's own threw.
    return Number.POSITIVE_INFINITY;
  }
  return bytes;
}
