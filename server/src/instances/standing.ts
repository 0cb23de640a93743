import type { Audience } from '@dimmer/core';
import { failureOf, type Instance, isPresent } from './instance.ts';

/**
 * How one instance stands to the rules that count now: it cannot take them; it has them; it has others or none, by all
 * that is known; it is connected and never says what it has; it is not connected.
 */
export const STANDINGS = ['failed', 'current', 'behind', 'silent', 'gone'] as const;
export type InstanceStanding = (typeof STANDINGS)[number];

/** @param ids that the environment's rulesets are at */
export function standingOf(instance: Instance, ids: Readonly<Record<Audience, string>>, now: number): InstanceStanding {
  const { audience, sendsReceipts, appliedId, rollCall } = instance;
  if (failureOf(instance) !== null) return 'failed';
  if (!isPresent(instance, now)) return 'gone';
  if (appliedId === ids[audience]) return 'current';
  if (!sendsReceipts || (rollCall !== null && appliedId === null)) return 'silent';
  return 'behind';
}
