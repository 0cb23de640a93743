import type { Audience } from '@dimmer/core';
import type { Instance } from './instance.ts';

/**
 * How one instance stands to the rules that count now: it has them; it has others or none, by all that is known; it is
 * connected and never says what it has; it is not connected.
 */
export const STANDINGS = ['current', 'behind', 'silent', 'gone'] as const;
export type InstanceStanding = (typeof STANDINGS)[number];

/** @param ids that the environment's rulesets are at */
export function standingOf(
  { audience, streams, sendsReceipts, appliedId, rollCall }: Instance,
  ids: Readonly<Record<Audience, string>>,
): InstanceStanding {
  if (streams === 0) return 'gone';
  if (appliedId === ids[audience]) return 'current';
  if (!sendsReceipts || (rollCall !== null && appliedId === null)) return 'silent';
  return 'behind';
}
