/**
 * One shadow, from the moment it was admitted: deferred, run apart, timed out, compared, and let go of. Nothing that it
 * does comes out of here: no exception, no rejection however late, no result.
 */
import type { LaunchPath, LaunchRole } from '@dimmer/core';
import type { Brakes } from './brakes.ts';
import type { Dials } from './dials.ts';
import type { Run } from './launch-options.ts';
import type { Launched } from './launched.ts';
import { isThenable, type Outcome } from './measure.ts';
import type { ShadowWorld } from './shadow-world.ts';

/** Code that is to run in the shadow. */
interface ShadowPlan {
  readonly launched: Launched;
  readonly dials: Dials;
  readonly variation: string;
  readonly path: LaunchPath;
  readonly role: LaunchRole;
  readonly operation: 'read' | 'write' | undefined;
  readonly code: (run: Run<unknown>) => unknown;
  /** A copy already, or what nobody changes. */
  readonly input: unknown;
  /** Told what it came to, in time; not called if it timed out or was shed. What it throws is swallowed. */
  readonly ended: (outcome: Outcome) => unknown;
}

/** What shadows are run with. */
interface Means {
  readonly world: ShadowWorld;
  readonly brakes: Brakes;
  /** A timer that does not keep the process alive; the answer cancels it. */
  readonly after: (delayMs: number, run: () => void) => () => void;
  /** Told once that the shadows of a flag block the event loop. */
  readonly complain: (flag: string, blockedMs: number) => void;
}

/** Starts shadows that have been admitted. */
export type StartShadow = (plan: ShadowPlan) => void;

export function createShadows({ world, brakes, after, complain }: Means): StartShadow {
  const { clock, cpu, defer, shadowed, defersAtOnce } = world;

  function start(plan: ShadowPlan): void {
    const { launched, dials } = plan;
    const asked = clock();
    defer(() => {
      const cause = brakes.reconsider(launched.brakes, dials, defersAtOnce ? clock() - asked : 0);
      if (!cause) return run(plan);
      launched.observations.shed(cause);
      brakes.release(launched.brakes);
    });
  }

  function run({ launched, dials, variation, path, role, operation, code, input, ended }: ShadowPlan): void {
    const { observations, brakes: state } = launched;
    const abort = new AbortController();
    const began = clock();
    let isOver = false;
    let isHung = false;

    /** The first end counts; a later one only says that it no longer hangs. */
    function end(outcome: Outcome, cpuMs?: number): void {
      if (isHung) state.hung--;
      isHung = false;
      if (isOver) return;
      isOver = true;
      cancelTimeout();
      const stats = observations.path(variation, path, role, operation);
      stats.calls++;
      stats.latency.record(clock() - began);
      if (cpuMs !== undefined) stats.cpu.record(cpuMs);
      if (outcome.failed) observations.failed(stats, outcome.error);
      brakes.release(state);
    }

    function settle(outcome: Outcome, cpuMs?: number): void {
      const isLate = isOver;
      end(outcome, cpuMs);
      try {
        if (!isLate) ended(outcome);
      } catch {
        // Whoever compares counts what goes wrong; there is nobody else to tell.
      }
    }

    const cancelTimeout = after(dials('timeoutMs'), () => {
      const error = new DOMException('The shadow has run for too long.', 'TimeoutError');
      end({ failed: true, error });
      isHung = true;
      state.hung++;
      // A listener of the candidate's own may throw; then Node reports it as it reports any listener's.
      abort.abort(error);
    });

    const cpuBegan = cpu?.();
    let result: unknown;
    let outcome: Outcome;
    try {
      result = shadowed(() => code({ input, inShadow: true, signal: abort.signal }));
      outcome = { failed: false, value: result };
    } catch (error) {
      outcome = { failed: true, error };
    }
    const blockedMs = clock() - began;
    if (brakes.blocked(state, dials, blockedMs)) complain(launched.key, blockedMs);
    if (isThenable(result)) {
      const fail = (error: unknown) => settle({ failed: true, error });
      // A thenable may throw when it is asked, or call back twice: a promise in between makes it behave.
      Promise.resolve(result).then((value) => settle({ failed: false, value }), fail);
    } else settle(outcome, cpu && cpuBegan !== undefined ? cpu() - cpuBegan : undefined);
  }

  return start;
}
