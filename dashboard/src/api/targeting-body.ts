import type { Targeting } from './targeting.ts';

/** What can be edited of a targeting, and is sent to replace it whole. */
export type TargetingBody = Pick<Targeting, 'on' | 'off' | 'prerequisites' | 'targets' | 'rules' | 'fallthrough'>;

export function bodyOf({ on, off, prerequisites, targets, rules, fallthrough }: TargetingBody): TargetingBody {
  return { on, off, prerequisites, targets, rules, fallthrough };
}
