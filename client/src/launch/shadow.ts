/**
 * One shadow, from the moment when its answer is known: deferred, run apart, timed out, compared, and let go of. Nothing
 * that it does comes out of here: no exception, no rejection however late, no result. Why: decision 0066.
 */
import type { LaunchPath, LaunchRole, RulesetFlag, ShedCause } from '@dimmer/core';
import type { CallDeps } from './call.ts';
import type { Dials } from './dials.ts';
import { discard } from './discard.ts';
import type { Run } from './launch-options.ts';
import type { RunningShadow, Subject } from './launched.ts';
import { call } from './measure.ts';
import type { Outcome } from './outcome.ts';
import { isThenable } from './thenable.ts';

/** Code that is to run in the shadow. */
interface ShadowPlan extends Subject {
  readonly dials: Dials;
  readonly path: LaunchPath;
  readonly role: LaunchRole;
  /** The rules by which it was decided. */
  readonly definition: RulesetFlag | undefined;
  readonly code: (run: Run<unknown>) => unknown;
  /** Runs before it, and is not timed; if it fails, the code does not run, and `unprepared` is told. */
  readonly before?: ((run: Run<unknown>) => unknown) | undefined;
  readonly unprepared?: ((error: unknown) => void) | undefined;
  /** A copy already, or what nobody changes. */
  readonly input: unknown;
  /** What the caller has got: if the shadow's result is the same thing, it is the caller's. */
  readonly answered: () => unknown;
  /** Told what it came to, and how long it took, in time; not called if it timed out or was shed. Throws are swallowed. */
  readonly ended: (outcome: Outcome, tookMs: number) => unknown;
  /** Told why it did not run, or not to its end. */
  readonly shed?: ((cause: ShedCause | 'timeout') => void) | undefined;
}

/** What shadows are run with. */
interface ShadowDeps extends Pick<CallDeps, 'world' | 'brakes' | 'after' | 'isStill'> {
  /** Told once that the shadows of a flag block the event loop. */
  readonly complain: (flag: string, blockedMs: number) => void;
}

/** Starts a shadow as soon as what waits has had its turn. */
export type StartShadow = (plan: ShadowPlan) => void;

export function createShadows({ world, brakes, after, complain, isStill }: ShadowDeps): StartShadow {
  const { clock, cpu, defer, shadowed, watch, defersAtOnce } = world;

  function start(plan: ShadowPlan): void {
    const { launched, dials } = plan;
    const { brakes: state } = launched;
    const asked = clock();
    brakes.wait(state);
    defer(() => {
      const cause = isStill(plan) ? brakes.begin(state, dials, defersAtOnce ? clock() - asked : 0) : 'withdrawn';
      if (!cause) return run(plan);
      launched.observations.shed(cause);
      brakes.leave(state);
      plan.shed?.(cause);
    });
  }

  function run(plan: ShadowPlan): void {
    const { launched, dials, variation, context, path, role, operation, code, input, answered, ended } = plan;
    const { observations, brakes: state } = launched;
    const abort = new AbortController();
    let isOver = false;
    let hasBegun = false;
    let unhang: (() => void) | undefined;
    let unwatch: (() => void) | undefined;

    /** The first end counts; a later one only says that it no longer hangs. */
    function end(tookMs: number): boolean {
      unhang?.();
      if (isOver) return false;
      isOver = true;
      cancelTimeout();
      unwatch?.();
      launched.running.delete(running);
      brakes.end(state, dials, tookMs);
      return true;
    }

    function count(outcome: Outcome, tookMs: number, cpuMs?: number): void {
      const stats = observations.path(variation, path, role, operation);
      stats.calls++;
      stats.latency.record(tookMs);
      if (cpuMs !== undefined) stats.cpu.record(cpuMs);
      if (outcome.failed) observations.failed(stats, outcome.error);
    }

    /** Whatever follows blocks the event loop as the candidate does, and is charged to it. */
    function settle(outcome: Outcome, tookMs: number, cpuMs?: number): void {
      if (!end(tookMs)) {
        letGo(outcome);
        return;
      }
      if (!hasBegun && outcome.failed) {
        brakes.leave(state);
        plan.unprepared?.(outcome.error);
        return;
      }
      count(outcome, tookMs, cpuMs);
      const began = clock();
      let following: unknown;
      try {
        following = shadowed(() => ended(outcome, tookMs), charge);
      } catch {
        // The comparison counts what goes wrong; there is nobody else to tell.
      }
      charge(clock() - began);
      const leave = () => {
        letGo(outcome);
        brakes.leave(state);
      };
      if (isThenable(following)) Promise.resolve(following).then(leave, leave);
      else leave();
    }

    /** What came of it is nobody's now: a body that nobody reads would keep its connection. */
    function letGo(outcome: Outcome): void {
      if (!outcome.failed && outcome.value !== answered()) discard(outcome.value);
    }

    function charge(blockedMs: number): void {
      if (!brakes.blocked(state, dials, blockedMs)) return;
      complain(launched.key, blockedMs);
      if (!isOver) abort.abort(new DOMException('The shadow has blocked the event loop for too long.', 'AbortError'));
    }

    const running: RunningShadow = {
      variation,
      context,
      withdraw(cause) {
        if (!end(clock() - began)) return;
        observations.shed(cause);
        unhang = brakes.hang(state);
        brakes.leave(state);
        abort.abort(new DOMException(`The shadow is not wanted any more: ${cause}.`, 'AbortError'));
        plan.shed?.(cause);
      },
    };
    launched.running.add(running);

    const cancelTimeout = after(dials('timeoutMs'), () => {
      const error = new DOMException('The shadow has run for too long.', 'TimeoutError');
      const tookMs = clock() - began;
      if (!end(tookMs)) return;
      count({ failed: true, error }, tookMs);
      unhang = brakes.hang(state);
      brakes.leave(state);
      // A listener of the candidate's own may throw; then Node reports it as it reports any listener's.
      abort.abort(error);
      plan.shed?.('timeout');
    });

    const run: Run<unknown> = { input, inShadow: true, signal: abort.signal };
    const cpuBegan = cpu?.();
    const entered = clock();
    let began = entered;
    // Nothing that only the shadow has to do lies between the two looks at the clock: control is timed alike.
    const start = () => {
      hasBegun = true;
      began = clock();
      return call(code, run);
    };
    let result: unknown;
    let outcome: Outcome;
    try {
      result = shadowed(() => {
        const ready = plan.before?.(run);
        return isThenable(ready) ? Promise.resolve(ready).then(start) : start();
      }, charge);
      outcome = { failed: false, value: result };
    } catch (error) {
      outcome = { failed: true, error };
    }
    const left = clock();
    const tookMs = left - began;
    if (isThenable(result)) {
      const fail = (error: unknown) => settle({ failed: true, error }, clock() - began);
      // A thenable may throw when it is asked, or call back twice: a promise in between makes it behave.
      Promise.resolve(result).then((value) => settle({ failed: false, value }, clock() - began), fail);
      unwatch = watch?.();
      charge(left - entered);
    } else {
      const cpuMs = cpu && cpuBegan !== undefined ? cpu() - cpuBegan : undefined;
      charge(left - entered);
      settle(outcome, tookMs, cpuMs);
    }
  }

  return start;
}
