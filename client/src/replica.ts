/**
 * This SDK's copy of the ruleset: what the server says goes in, whole or not at all. From best to worst, it comes by the
 * stream, another way while there is none, from the cache of a former run, or from the bootstrap that the caller handed
 * over. A better source replaces what came from a worse one.
 */
import { type Diagnostic, type Patch, Ruleset, type Snapshot, type Speed } from '@dimmer/core';
import type { HeldRules, LogCode, Platform } from './platform.ts';
import { createServerClock } from './server-clock.ts';
import type { Emit } from './signals.ts';
import type { Source } from './status.ts';

/** Write-behind: changes within this time are written to the cache together. */
const CACHE_DELAY_MS = 2_000;

export interface Replica extends HeldRules {
  readonly ruleset: Ruleset;
  source: Source;
  /** When the server was last heard of, ms since 1970; 0 if never. */
  heardAt: number;
  clients: number;
  /** Takes what was kept, or else what was handed over. */
  readonly load: (bootstrap: Snapshot | string | undefined) => void;
  /** Takes a whole ruleset. Answers why it cannot be used, if so. */
  readonly replace: (snapshot: Snapshot, source: Source) => string | undefined;
  /** Notes that the server was heard of, and has what is held. */
  readonly confirm: (source: Source) => undefined;
  /** Takes a snapshot, patch or ping of the stream. Answers why the replica cannot go on from here, if it cannot: see docs/protocol.md. */
  readonly receive: (type: string, data: string, isLive: boolean, payload?: unknown) => string | undefined;
  /** Resolves when everything is written. */
  readonly close: () => Promise<void> | void;
}

/** Whether a diagnostic is about what the application asks with, and not about the rules. */
function isOfContext(code: Diagnostic['code'] | LogCode): code is LogCode {
  return /_EXCEEDED|_UNREADABLE|_MISSING/.test(code);
}

interface ReplicaDeps extends Pick<Platform, 'now' | 'steady' | 'after' | 'cache' | 'log'> {
  readonly speed?: Speed | undefined;
  readonly emit: Emit;
}

export function createReplica({ now, steady, after, cache, log, speed, emit }: ReplicaDeps): Replica {
  const clock = createServerClock(now, steady);
  let cancelWrite: (() => void) | undefined;
  let writing: Promise<void> | void;

  const ruleset = new Ruleset({
    clock: clock.now,
    onDiagnostic({ code, key, message }) {
      const detail = `${key}: ${message}`;
      if (isOfContext(code)) log(code, detail);
      else {
        log('FLAG_INVALID', detail);
        emit('refused', detail);
      }
    },
    speed,
  });

  function confirm(source: Source): undefined {
    const isFirst = !replica.heardAt;
    replica.heardAt = now();
    replica.source = source;
    if (isFirst) emit('heard');
  }

  function apply(
    how: 'replace' | 'patch',
    payload: Snapshot & Patch,
    source: Source,
    delayMs: number | null = null,
  ): string | undefined {
    emit('replacing');
    const { applied, keys, diagnostics } = ruleset[how](payload);
    if (!applied) return diagnostics[0]!.message;
    confirm(source);
    emit('applied', { keys, id: ruleset.id, delayMs });
    // Who waits for a change wants to know at once; of a whole ruleset most flags are never asked, nor looked at.
    if (how === 'patch') for (const key in payload.flags) ruleset.get(key)?.definition;
    if (cache) cancelWrite ??= after(CACHE_DELAY_MS, write);
    return undefined;
  }

  function write(): void {
    cancelWrite?.();
    cancelWrite = undefined;
    writing = cache!.write(ruleset.snapshot());
  }

  /** Takes rules that were kept or handed over. True if they decide now. */
  function take(kept: Snapshot | string | null | undefined, source: Source, invalid: LogCode): boolean {
    if (!kept) return false;
    let problem: unknown;
    try {
      // A copy, so that neither side sees what the other does with the object afterwards.
      const snapshot = JSON.parse(typeof kept === 'string' ? kept : JSON.stringify(kept));
      problem = ruleset.replace(snapshot).diagnostics[0]?.message;
    } catch (error) {
      problem = error;
    }
    if (problem) log(invalid, `${problem}`);
    else replica.source = source;
    return !problem;
  }

  const replica: Replica = {
    ruleset,
    source: 'default',
    heardAt: 0,
    clients: 0,
    serverNow: clock.now,
    confirm,
    load(bootstrap) {
      take(cache?.read(), 'cache', 'CACHE_INVALID') || take(bootstrap, 'bootstrap', 'BOOTSTRAP_INVALID');
    },
    replace: (snapshot, source) => apply('replace', snapshot as Snapshot & Patch, source),
    receive(type, data, isLive, parsed) {
      try {
        // biome-ignore lint/suspicious/noExplicitAny: whatever came; what uses it looks at it
        const payload: any = parsed ?? JSON.parse(data);
        const { id, at, from, clients } = payload;
        if (type === 'snapshot') return apply('replace', payload, 'stream');
        if (type === 'ping') {
          clock.heard(at);
          replica.clients = clients > 0 ? clients : 0;
        }
        if (id === ruleset.id) confirm('stream');
        else if (type === 'patch' && from === ruleset.id) {
          // What comes before the first ping is from before this stream: how long ago says nothing about delivery.
          return apply('patch', payload, 'stream', isLive ? Math.max(0, clock.now() - at) : null);
        } else return `a gap before this ${type}`;
      } catch (error) {
        return `${type}: ${error}`;
      }
      return undefined;
    },
    close() {
      if (cancelWrite) write();
      return writing;
    },
  };
  return replica;
}
