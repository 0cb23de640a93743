import { revisionIn } from '../../server/delivery.ts';
import type { Instance } from '../../server/instances.ts';

/** How one instance stands to the rules that count now. */
export type InstanceStanding = 'behind' | 'current' | 'silent' | 'gone';

const GRAVEST_FIRST: readonly InstanceStanding[] = ['behind', 'current', 'silent', 'gone'];

/** @param id that the environment is at */
export function standingOfInstance(
  { streams, sendsReceipts, appliedId, rollCall }: Instance,
  id: string,
): InstanceStanding {
  if (streams === 0) return 'gone';
  if (appliedId === id) return 'current';
  if (!sendsReceipts || (rollCall !== null && appliedId === null)) return 'silent';
  return 'behind';
}

/** Those that somebody has to look at first: the ones behind, the furthest first; then by application. */
export function inOrder(instances: readonly Instance[], id: string): readonly Instance[] {
  const rank = (instance: Instance) => GRAVEST_FIRST.indexOf(standingOfInstance(instance, id));
  const name = ({ application, instance }: Instance) => `${application ?? '\uffff'}\n${instance ?? '\uffff'}`;
  return [...instances].sort(
    (one, other) =>
      rank(one) - rank(other) ||
      (rank(one) === 0 ? revisionIn(one.appliedId) - revisionIn(other.appliedId) : 0) ||
      name(one).localeCompare(name(other)),
  );
}

/** What somebody types into the search is found in. */
export function isLike({ application, instance, sdk }: Instance, text: string): boolean {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const about = `${application ?? ''} ${instance ?? ''} ${sdk ?? ''}`.toLowerCase();
  return words.every((word) => about.includes(word));
}
