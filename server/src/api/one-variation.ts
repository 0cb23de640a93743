import type { TargetingBody } from '@dimmer/contract';

/** The one variation that a targeting which is on serves to everybody; `null`: it depends. */
export function asOneVariation({ rules, targets, prerequisites, fallthrough }: TargetingBody): string | null {
  if (rules.length > 0 || prerequisites.length > 0 || targets.some(({ keys }) => keys.length > 0)) return null;
  if ('variation' in fallthrough) return fallthrough.variation;
  const served = fallthrough.slices.filter(({ parts }) => parts > 0);
  const [first] = served;
  return first && served.every(({ variation }) => variation === first.variation) ? first.variation : null;
}
