import type { RulesetFlag } from './model.ts';

type IsSame = (one: unknown, other: unknown) => boolean;

/** What somebody can be answered by a flag: one that is off answers the same whatever its rules are. */
function answersOf({ dials: _dials, ...flag }: RulesetFlag): unknown {
  if (flag.on) return flag;
  return [flag.type, flag.off, flag.variations.find(({ key }) => key === flag.off)];
}

/** What others see of a flag that they need: whether it is on, and which variation it serves, but not with what value. */
function choicesOf({ dials: _dials, type: _type, variations: _values, ...flag }: RulesetFlag): unknown {
  return flag.on && flag;
}

/**
 * The keys of the flags whose answers can differ after a change: those that are defined otherwise than before, those
 * that ask about a segment that is, and, at any distance, those that need one of these.
 *
 * @param changed how the flags were defined that were added, removed or redefined; undefined if they were not there
 * @param segments the keys of those that were added, removed or redefined
 */
export function affectedFlags(
  flags: ReadonlyMap<string, { readonly source: RulesetFlag }>,
  changed: ReadonlyMap<string, RulesetFlag | undefined>,
  segments: ReadonlyMap<string, unknown>,
  isSame: IsSame,
): string[] {
  const affected = new Set<string>();
  /** Those that may go on, off or to another variation. */
  const turning = new Set<string>();
  for (const [key, before] of changed) {
    const now = flags.get(key)?.source;
    const isChanged = (of: (flag: RulesetFlag) => unknown): boolean => {
      try {
        return !before || !now || !isSame(of(before), of(now));
      } catch {
        // Malformed: what it comes to is found out when it is asked.
        return true;
      }
    };
    if (isChanged(answersOf)) affected.add(key);
    if (isChanged(choicesOf)) turning.add(key);
  }
  if (turning.size + segments.size === 0) return [...affected];
  /** By a flag: those that need it. */
  const dependents = new Map<string, string[]>();
  for (const [key, { source }] of flags) {
    try {
      if (!source.on) continue;
      for (const { when } of (segments.size && source.rules) || []) {
        const isAsked = when.some(({ operator, values }) => {
          return operator === 'inSegment' && values.some((segment) => segments.has(segment as string));
        });
        if (isAsked) turning.add(key);
      }
      for (const { flag } of source.prerequisites ?? []) {
        const others = dependents.get(flag);
        if (others) others.push(key);
        else dependents.set(flag, [key]);
      }
    } catch {
      // Malformed: what had its key before goes on in its place, or nothing does.
    }
  }
  // A set is walked through with what is added to it on the way.
  for (const key of turning) {
    affected.add(key);
    for (const dependent of dependents.get(key) ?? []) turning.add(dependent);
  }
  return [...affected];
}
