import { revisionIn } from '@dimmer/core/ruleset-id';
import type { Instance, InstanceState } from '../../api/instances.ts';

const GRAVEST_FIRST: readonly InstanceState[] = ['failed', 'behind', 'current', 'silent', 'gone'];

/** Those that somebody has to look at first: the ones behind, the furthest first; then by application. */
export function inOrder(instances: readonly Instance[]): readonly Instance[] {
  const rank = ({ standing }: Instance) => GRAVEST_FIRST.indexOf(standing);
  const name = ({ application, instance }: Instance) => `${application ?? '\uffff'}\n${instance ?? '\uffff'}`;
  return [...instances].sort(
    (one, other) =>
      rank(one) - rank(other) ||
      (one.standing === 'behind' ? revisionIn(one.appliedId) - revisionIn(other.appliedId) : 0) ||
      name(one).localeCompare(name(other)),
  );
}

/** What somebody types into the search is found in. */
export function isLike({ application, instance, sdk }: Instance, text: string): boolean {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const about = `${application ?? ''} ${instance ?? ''} ${sdk ?? ''}`.toLowerCase();
  return words.every((word) => about.includes(word));
}
