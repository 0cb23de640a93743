import type { FlagBody } from '../documents/flag.ts';
import type { TargetingBody } from '../documents/targeting.ts';

/**
 * How a flag begins in an environment: off. Turned on, a boolean flag serves its `true` to everybody, because that is
 * what turning it on means; a launch or migration still serves `off` and any other flag its first variation, until somebody says
 * how many people get what.
 */
export function initialTargeting(flag: Pick<FlagBody, 'type' | 'variations'>): TargetingBody {
  const first = flag.variations[0]?.key ?? '';
  const off = flag.type === 'boolean' ? variationWith(flag, false) : isStaged(flag.type) ? 'off' : first;
  const fallthrough = flag.type === 'boolean' ? variationWith(flag, true) : off;
  return { on: false, off, prerequisites: [], targets: [], rules: [], fallthrough: { variation: fallthrough } };
}

/** Whether the variations of a flag are stages of a walk that begins at `off`. */
function isStaged(type: FlagBody['type']): boolean {
  return type === 'launch' || type === 'migration';
}

/** Key of the variation that has a value. */
export function variationWith(flag: Pick<FlagBody, 'variations'>, value: boolean): string {
  return flag.variations.find((variation) => variation.value === value)?.key ?? '';
}
