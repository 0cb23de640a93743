import type { FlagBody } from '../documents/flag.ts';
import type { TargetingBody } from '../documents/targeting.ts';

/**
 * How a flag begins in an environment: off. Turned on, a boolean flag serves its `true` to everybody, because that is
 * what turning it on means; a launch still serves `off` and any other flag its first variation, until somebody says
 * how many people get what.
 */
export function initialTargeting(flag: Pick<FlagBody, 'type' | 'variations'>): TargetingBody {
  const first = flag.variations[0]?.key ?? '';
  const off = flag.type === 'boolean' ? variationWith(flag, false) : flag.type === 'launch' ? 'off' : first;
  const fallthrough = flag.type === 'boolean' ? variationWith(flag, true) : off;
  return { on: false, off, prerequisites: [], targets: [], rules: [], fallthrough: { variation: fallthrough } };
}

/** Key of the variation that has a value. */
export function variationWith(flag: Pick<FlagBody, 'variations'>, value: boolean): string {
  return flag.variations.find((variation) => variation.value === value)?.key ?? '';
}
