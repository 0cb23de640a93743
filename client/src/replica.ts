/** This SDK's copy of the ruleset: what the server says goes in, whole or not at all; what is held can come out again. */
import { type Diagnostic, type Patch, Ruleset, type Snapshot } from '@dimmer/core';

/** More patches than these are folded into the snapshot, whether somebody asks or not. */
const MAX_PAYLOADS = 50;

/** Where the rules come from that decide now; from best to worst. */
export type Source = 'stream' | 'poll' | 'cache' | 'bootstrap' | 'default';

/** What became of a payload; neither of them if it says what is held already. */
export interface Reception {
  /** It was applied, and these flags may not be what they were. */
  readonly keys?: readonly string[];
  /** What is held does not fit it, or it cannot be used: only another snapshot helps. */
  readonly problem?: string;
}

export class Replica {
  readonly ruleset: Ruleset;
  readonly #beforeChange: () => void;
  /** As it came, for the cache: a snapshot, and the patches since. They are folded when somebody asks. */
  #payloads: [Snapshot, ...Patch[]] | undefined;

  /**
   * @param clock the server's present instant, ms since 1970
   * @param beforeChange called before another id takes over: the last moment to collect counts for the present one
   */
  constructor(clock: () => number, onDiagnostic: (diagnostic: Diagnostic) => void, beforeChange: () => void) {
    this.ruleset = new Ruleset({ clock, onDiagnostic });
    this.#beforeChange = beforeChange;
  }

  get id(): string {
    return this.ruleset.id;
  }

  /** Takes a snapshot, which replaces everything. */
  replace(snapshot: Snapshot): Reception {
    this.#beforeChange();
    const { applied, keys, diagnostics } = this.ruleset.replace(snapshot);
    if (!applied) return { problem: diagnostics[0]!.message };
    this.#payloads = [snapshot];
    return { keys };
  }

  /** Takes a patch, if it goes on from what is held. */
  patch(patch: Patch): Reception {
    if (patch.id === this.id) return {};
    if (patch.from !== this.id) return { problem: 'a gap before this patch' };
    this.#beforeChange();
    const { applied, keys, diagnostics } = this.ruleset.patch(patch);
    if (!applied) return { problem: diagnostics[0]!.message };
    if (this.#payloads!.push(patch) > MAX_PAYLOADS) this.snapshot();
    return { keys };
  }

  /** Compares the id that the server says it has with the one that is held. */
  compare({ id }: { readonly id: string }): Reception {
    return id === this.id ? {} : { problem: 'a gap before this ping' };
  }

  /** What is held, as the server would send it, except that a flag that is gone may be null. */
  snapshot(): Snapshot {
    const [first, ...patches] = this.#payloads!;
    let folded: Snapshot = first;
    for (const { id, at, flags, segments } of patches) {
      // Spread defines properties, so that a flag named `__proto__` is one like any other.
      folded = {
        ...folded,
        id,
        at,
        flags: { ...folded.flags, ...(flags as Snapshot['flags']) },
        segments: { ...folded.segments, ...(segments as Snapshot['segments']) },
      };
    }
    this.#payloads = [folded];
    return folded;
  }
}
