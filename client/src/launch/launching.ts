/** `launch` and `inShadow`: which code runs, in which order, and what becomes of the other's result. */
import { type EvaluationContext, type Flag, LAUNCH_LIMITS, type LaunchSummary, reasonOf, slotOf } from '@dimmer/core';
import type { LogCode, Platform } from '../platform.ts';
import type { Replica } from '../replica.ts';
import type { ReportingLimits } from '../reporting-limits.ts';
import { createBrakes } from './brakes.ts';
import type { Call, CallDeps } from './call.ts';
import type { LaunchOptions } from './launch-options.ts';
import type { LaunchParts } from './launch-parts.ts';
import { createLaunchedFlags, type When } from './launched.ts';
import type { LaunchingClient, MigratingClient } from './launching-client.ts';
import { AnswerRun } from './run.ts';
import { said } from './said.ts';
import type { ShadowWorld } from './shadow-world.ts';
import { createCalls } from './shadowed-call.ts';

/** Summaries that wait for the server to come back. More are dropped, the newest first. */
const MAX_PENDING = 100;
/** What the log has been told of once. */
const MAX_COMPLAINTS = 200;

/** What the client lends to launches. */
interface LaunchingDeps extends Pick<Platform, 'random' | 'after' | 'log'> {
  readonly limits: Pick<ReportingLimits, 'maxLaunchLength'>;
  readonly replica: Pick<Replica, 'ruleset' | 'serverNow' | 'heardAt' | 'clients'>;
  /** Counts a question for a key that no flag has. */
  readonly countUnknown: (key: string) => void;
}

/** The part of a client that runs old and new code side by side. */
interface Launching {
  readonly methods: Pick<LaunchingClient, 'launch' | 'inShadow' | 'shadowsSettled'> &
    Partial<Pick<MigratingClient, 'migration'>>;
  /** Puts what was observed aside, for the next batches. */
  readonly collect: (when: When) => void;
  /** What the next batch carries; undefined if there is nothing. */
  readonly next: () => { readonly launches: readonly LaunchSummary[] } | undefined;
  /** Rules have changed: withdraws shadows that run of whoever is no longer at their stage. */
  readonly changed: () => void;
  /** Resolves when no shadow is under way, nor a second write of a migration whose time is not up. */
  readonly idle: () => Promise<unknown>;
  /**
   * Begins no more shadows, and aborts those that run. All of them are counted as shed the next time that is collected.
   * What it answers resolves when the stages of migrations are kept, and no second write is under way whose time is not up.
   */
  readonly close: () => Promise<unknown> | undefined;
}

/** Makes it on a world; given to the platform, so that a page that launches nothing has none of it in its bundle. */
export type CreateLaunching = (deps: LaunchingDeps) => Launching;

/** @param world how shadows are run in Node, or in the browser */
export function launchingIn(world: ShadowWorld, parts: LaunchParts): CreateLaunching {
  return ({ replica, random, after, log, limits, countUnknown }) => {
    const { ruleset } = replica;
    const { inShadow, clock } = world;
    const { limit } = parts;
    const complaints = new Set<string>();
    let pending: LaunchSummary[] = [];
    /** Where nothing is reported, nothing is missing. */
    let isAsked = false;

    /** Says it once for each flag. */
    function complain(code: LogCode, flag: string, detail: string): void {
      const name = `${code} ${flag} ${code === 'LAUNCH_UNUSABLE' ? detail : ''}`;
      if (complaints.has(name) || complaints.size >= MAX_COMPLAINTS) return;
      complaints.add(name);
      log(code, `${flag}: ${detail}`);
    }

    const brakes = createBrakes({ ...parts, world, random, clients: () => replica.clients });
    const deps: CallDeps = {
      world,
      warmUp: parts.warmUp,
      brakes,
      random,
      after,
      now: replica.serverNow,
      complain: (code, flag, detail) => complain(code, flag, said(detail)),
      isStill: ({ launched, definition, context, variation }) =>
        ruleset.get(launched.key)?.definition === definition || stageNow(launched.key, context) === variation,
    };
    const shadowing = parts.shadowing(deps);
    const flags = createLaunchedFlags(brakes, clock, shadowing.shownName, ({ key, running }, sharePercent, pauseMs) => {
      for (const shadow of running) shadow.withdraw('harm');
      const at = `callers were slower while ${sharePercent} % of the calls had a shadow`;
      complain('SHADOW_HARMFUL', key, `${at}; none for ${Math.round(pauseMs / 1_000)} s, then fewer`);
    });
    const calls = createCalls(deps, shadowing);
    const { answer, answerInDark, answerLive } = calls;
    const isHeard = () => replica.heardAt > 0;
    const migrations = parts.migrating?.({
      ruleset,
      isHeard,
      inShadow,
      countUnknown,
      flags,
      calls,
      after,
      clock,
      complain,
    });

    /** The flag, if it is a launch; if not, the log is told, and the call is counted. */
    function find(key: string): Flag | undefined {
      const flag = ruleset.get(key);
      if (flag?.type === 'launch') return flag;
      if (!flag) countUnknown(key);
      // Without rules there is nothing wrong with the flag; it is not known yet.
      if (ruleset.id)
        complain('LAUNCH_UNUSABLE', key, flag ? `is a ${flag.type} flag, not a launch` : 'there is no such flag');
      return undefined;
    }

    /** The stage of a context by the rules as they are now, not counted. */
    function stageNow(key: string, context: EvaluationContext | undefined): string | undefined {
      const flag = ruleset.get(key);
      return flag?.variation(flag.decide(context))?.key;
    }

    /** What a context is served, counted as any evaluation is; undefined if that is nothing. */
    function decide(flag: Flag, context: EvaluationContext | undefined) {
      const outcome = flag.decide(context);
      // What a shadow asks, nobody is shown.
      if (!inShadow()) flag.counts[slotOf(outcome)]!++;
      return { variation: flag.variation(outcome)?.key, reason: reasonOf(outcome) };
    }

    function launch<Result, Input, Prepared>(
      key: string,
      context: EvaluationContext | undefined,
      options: LaunchOptions<Result, Input, Prepared>,
    ): Result {
      const { control, candidate, input } = options ?? {};
      const flag = find(key);
      if (typeof control !== 'function') {
        complain('LAUNCH_UNUSABLE', key, 'there is no control');
        return undefined as Result;
      }
      if (flag && typeof candidate !== 'function') complain('LAUNCH_UNUSABLE', key, 'there is no candidate');
      if (!flag || typeof candidate !== 'function') return control(new AnswerRun(input as Input, inShadow));

      const { variation = 'off', reason } = decide(flag, context);
      // Off for everybody, there is nothing to compare it with: no more is done than calling it.
      if (variation === 'off' && (reason === 'DISABLED' || reason === 'STATIC' || reason === 'ERROR')) {
        return control(new AnswerRun(input as Input, inShadow));
      }
      // Written out: spread from parts, this object cost three microseconds.
      const call: Call<Result, Input> = {
        launched: flags.of(flag),
        context,
        variation,
        operation: undefined,
        codes: options,
        input: input as Input,
        // What is prepared is compared, whatever its type.
        options: options as unknown as LaunchOptions<Result, Input>,
        definition: flag.definition,
        repeatable: options.repeatable === true || options.verify === true,
      };
      if (variation === 'off') return answer(call, 'control');
      if (variation === 'dark') return answerInDark(call);
      if (options.fallback !== true || !limit) return answerLive(call, options.fallback === true);
      return answerLive(
        { ...call, codes: { control, candidate: limit(options.liveTimeoutMs, after, candidate) } },
        true,
      );
    }

    return {
      methods: {
        launch,
        ...(migrations && { migration: migrations.migration }),
        inShadow,
        shadowsSettled: brakes.idle,
      },
      collect(when) {
        migrations?.noteStages();
        const observed = flags.drain(when);
        if (isAsked && pending.length + observed.length > MAX_PENDING) log('REPORTS_DROPPED', `launches at ${when.id}`);
        pending = [...pending, ...observed].slice(0, MAX_PENDING);
      },
      next() {
        isAsked = true;
        let room = limits.maxLaunchLength;
        const fitting = pending.findIndex((summary, i) => {
          const { length } = JSON.stringify(summary);
          // One that is longer goes alone, and without its samples, which are most of it.
          if (length > limits.maxLaunchLength) pending[i] = withoutSamples(summary);
          room -= length;
          return i === LAUNCH_LIMITS.launches || (i > 0 && room < 0);
        });
        const launches = fitting < 0 ? pending : pending.slice(0, fitting);
        pending = fitting < 0 ? [] : pending.slice(fitting);
        return launches.length ? { launches } : undefined;
      },
      changed() {
        for (const { key, running } of flags.all()) {
          for (const shadow of running) {
            if (stageNow(key, shadow.context) !== shadow.variation) shadow.withdraw('withdrawn');
          }
        }
      },
      idle: () => Promise.all([brakes.idle(), migrations?.idle()]),
      close() {
        brakes.close();
        for (const { running } of flags.all()) for (const shadow of running) shadow.withdraw('closed');
        return migrations?.settled();
      },
    };
  };
}

function withoutSamples(summary: LaunchSummary): LaunchSummary {
  const without = <Of extends Pick<LaunchSummary, 'clusters'>>(of: Of): Of => ({
    ...of,
    clusters: of.clusters.map((cluster) => ({ ...cluster, samples: [] })),
  });
  return without({ ...summary, ...(summary.candidates && { candidates: summary.candidates.map(without) }) });
}
