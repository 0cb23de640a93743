import type { InstanceState } from '@dimmer/contract';
import type { Audience } from '@dimmer/core';
import { failureOf, type Instance, isPresent } from './instance.ts';

/** @param ids that the environment's rulesets are at */
export function instanceStateOf(
  instance: Instance,
  ids: Readonly<Record<Audience, string>>,
  now: number,
): InstanceState {
  const { audience, sendsReceipts, appliedId, rollCall } = instance;
  if (failureOf(instance) !== null) return 'failed';
  if (!isPresent(instance, now)) return 'gone';
  if (appliedId === ids[audience]) return 'current';
  if (!sendsReceipts || (rollCall !== null && appliedId === null)) return 'silent';
  return 'behind';
}
