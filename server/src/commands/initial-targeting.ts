import type { FlagBody, TargetingBody } from '@dimmer/contract';
import { hasStages } from '@dimmer/core/flag-types';

// Why: decision 0142.
/**
 * How a flag begins in an environment: off, and with a default rule that serves the off variation, so that whatever turns
 * it on gives nobody anything until somebody says who gets it: a rollout, a rule, or a bare toggle of a boolean flag
 * (`turnedOn`).
 *
 * @param isAbsent it is served nowhere in this environment until its targeting is saved: a second person has to agree to
 * what is served here, and the off variation of a new flag is served to everybody who asks for its key
 */
export function initialTargeting(flag: Pick<FlagBody, 'type' | 'variations'>, isAbsent = false): TargetingBody {
  const first = flag.variations[0]?.key ?? '';
  const off = flag.type === 'boolean' ? variationWith(flag, false) : hasStages(flag.type) ? 'off' : first;
  const body: TargetingBody = {
    on: false,
    off,
    prerequisites: [],
    targets: [],
    rules: [],
    fallthrough: { variation: off },
    ...(isAbsent && { absent: true }),
  };
  return flag.type === 'boolean' ? { ...body, fresh: true } : body;
}

/**
 * A targeting after a bare "turn it on", which names nobody. Of a boolean flag about which nothing has been said yet it can
 * only mean everybody; where there are rules or targets, they have said who.
 */
export function turnedOn(flag: Pick<FlagBody, 'variations'>, body: TargetingBody): TargetingBody {
  const isUnsaid = body.fresh && body.rules.length === 0 && body.targets.length === 0;
  const fallthrough = isUnsaid ? { variation: variationWith(flag, true) } : body.fallthrough;
  return { ...body, on: true, fallthrough };
}

/** Key of the variation that has a value. */
export function variationWith(flag: Pick<FlagBody, 'variations'>, value: boolean): string {
  return flag.variations.find((variation) => variation.value === value)?.key ?? '';
}
