/** How far a flag is turned up in one environment, as the back office reads it from the server. */
export interface Setting {
  /** Share of customers the rollout is set to, 0 to 100. */
  readonly percent: number;
  readonly on: boolean;
  /** The change that set it so. */
  readonly revision: number;
  /** When that change was committed, ms since 1970. */
  readonly at: number;
  /** Why it was killed; `null` while nobody has. */
  readonly killed: { readonly by: string; readonly reason: string } | null;
}

/** What the shop's Node service answers when the page asks what it decides. */
export interface NodeWall {
  /** The id at which the service decided. */
  readonly id: string;
  /** One character for each customer, see `decideWall`. */
  readonly lit: string;
  /** `null` while the server cannot be asked. */
  readonly setting: Setting | null;
}

/**
 * Whether two ids are of one change: page and service have rulesets of their own, whose ids differ behind the revision.
 * Enough in a demo, whose history is one.
 */
export function isOneRevision(one: string | undefined, other: string): boolean {
  return one?.split('.')[0] === other.split('.')[0];
}
