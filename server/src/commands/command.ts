import type { Warning } from '@dimmer/contract';
import type { Actor } from '../changes/change.ts';
import type { Draft, Place } from '../documents/document.ts';
import type { State } from '../state/state.ts';
import type { Refused } from './refusal.ts';

/** Injected facts: what a decision may know besides the state, so that deciding is pure and repeatable. */
export interface Facts {
  /** Ms since 1970 by the server's clock. */
  readonly now: number;
  readonly actor: Actor;
  readonly reason: string | null;
  /** Whether a second person has agreed. */
  readonly isApproved?: boolean;
  /** A fresh random name, e.g. for a rule or a seed. */
  readonly newId: () => string;
}

/** The documents to write. Those whose body is as it was are left out of the change; none left = nothing to do. */
export interface Accepted {
  readonly ok: true;
  readonly drafts: readonly Draft[];
  readonly warnings: readonly Warning[];
  /** Why this change needs no second person although approval is required there; the log has it behind the reason. */
  readonly alone?: string;
}

type Decision = Accepted | Refused;

/**
 * Command: what a caller asks for, ready to be decided. Made by the functions of this folder, carried out by
 * `ChangeLog.execute`.
 */
export interface Command {
  /** E.g. `flag.toggle`; stands in the log. */
  readonly name: string;
  readonly project: string | null;
  readonly environment: string | null;
  readonly subject: string;
  /** The document that it is about: `If-Match` speaks of its version, and the answer shows it. */
  readonly about: Place;
  /**
   * Whether the caller must have seen the newest version. `optional` (default): checked if a version is given;
   * `required`: whole replacements; `ignored`: a kill is never too late.
   */
  readonly precondition?: 'optional' | 'required' | 'ignored';
  /** Always needs a reason, also where the environment is not protected. */
  readonly needsReason?: boolean;
  /** A kill does not wait for a second person. */
  readonly neverWaits?: boolean;
  /** Pure. May be called again with a newer state if another node was faster. */
  decide(state: State, facts: Facts): Decision;
}

/** The positive outcome of a decision. */
export function accept(drafts: readonly Draft[], warnings: readonly Warning[] = []): Accepted {
  return { ok: true, drafts, warnings };
}
