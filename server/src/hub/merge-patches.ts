import type { Patch } from '@dimmer/core';

/**
 * Coalescing: one patch that does what several in a row do; the later entry of a flag or segment wins.
 *
 * Maps and text by hand instead of objects: `__proto__` is a legal flag key, and assigning it to an object would lose
 * the flag.
 *
 * @param patches JSON texts, oldest first, each `from` the `id` of the one before; at least one
 */
export function mergePatches(patches: readonly string[]): string {
  const flags = new Map<string, string>();
  const segments = new Map<string, string>();
  let first: Patch | undefined;
  let last: Patch | undefined;
  for (const text of patches) {
    const patch = JSON.parse(text) as Patch;
    first ??= patch;
    last = patch;
    for (const [key, flag] of Object.entries(patch.flags)) flags.set(key, JSON.stringify(flag));
    for (const [key, segment] of Object.entries(patch.segments)) segments.set(key, JSON.stringify(segment));
  }
  if (first === undefined || last === undefined) throw new Error('mergePatches needs at least one patch');
  // What else a patch may carry one day is taken from the newest.
  const head = JSON.stringify({ ...last, from: first.from, flags: undefined, segments: undefined });
  return `${head.slice(0, -1)},"flags":${objectText(flags)},"segments":${objectText(segments)}}`;
}

/** Sorted, so that two servers with the same history send the same bytes. */
export function objectText(entries: ReadonlyMap<string, string>): string {
  const members = [...entries.keys()].sort().map((key) => `${JSON.stringify(key)}:${entries.get(key)}`);
  return `{${members.join(',')}}`;
}
