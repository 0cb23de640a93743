import type { Audience } from '@dimmer/core';

// Why: decision 0022.
/** Which ruleset: one environment of one project, for one audience. */
export interface Scope {
  readonly project: string;
  readonly environment: string;
  readonly audience: Audience;
}

/** One ruleset, kept current. The hub asks; it never sees a database, a change or a document. */
export interface RulesetSource {
  /** The id that `snapshotJson` and the last patch have. Moves in `advance` only. */
  readonly id: string;
  /** The whole ruleset at `id` as JSON text without line breaks. Call `advance` before, or the text may be ahead of `id`. */
  snapshotJson(): string;
  /** Moves to the newest state. JSON text of ONE patch from the old id to the new one, or `null` if the id stays. */
  advance(): string | null;
  close(): void;
}

/** Where rulesets come from: this node's change log, or, in a relay, the stream of another server. */
export interface RulesetOrigin {
  /**
   * Opens a ruleset.
   *
   * @param wake called whenever `advance` may have something to give; it must do no work itself
   */
  open(scope: Scope, wake: () => void): RulesetSource;
}
