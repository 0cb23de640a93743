// Why: decision 0065.
/** A call of which one path is the answer, and the other may run in its shadow. Launches and migrations are made of these. */
import type { LaunchPath, LaunchRole } from '@dimmer/core';
import type { Call, CallDeps } from './call.ts';
import type { AnswerKnown } from './compared-shadow.ts';
import type { Copies } from './copies.ts';
import { type Dials, dialsOf } from './dials.ts';
import { isInSample } from './launched.ts';
import { createRunMeasured, type Ended } from './measure.ts';
import { isWanted } from './outcome-hooks.ts';
import { AnswerRun } from './run.ts';
import type { Shadowing } from './shadowing.ts';
import { isThenable } from './thenable.ts';
import { createWaiting } from './waiting.ts';

export interface Calls {
  /** Runs one path and answers what it returns or throws. */
  readonly answer: <Result, Input>(
    call: Call<Result, Input>,
    path: LaunchPath,
    role?: LaunchRole,
    ended?: Ended,
  ) => Result;
  /** Runs control and answers its result; then the candidate runs in its shadow, if nothing is against it. */
  readonly answerInDark: <Result, Input>(call: Call<Result, Input>) => Result;
  /**
   * Runs the candidate and answers its result; control may then run in its shadow, to verify it.
   *
   * @param fallsBack if the candidate fails, control's result is the answer
   */
  readonly answerLive: <Result, Input>(call: Call<Result, Input>, fallsBack: boolean) => Result;
}

export function createCalls(
  { world, brakes, random, complain }: CallDeps,
  { copyInput, copyForFallback, begin: beginShadows, lack }: Shadowing,
): Calls {
  const waiting = createWaiting<Copies>();
  const runMeasured = createRunMeasured(world);

  // Within a shadow nobody is answered: it counts as no call, and as no error that people have met with.
  const answer: Calls['answer'] = (call, path, role = 'answer', ended) => {
    if (world.inShadow()) return call.codes[path](new AnswerRun(call.input, world.inShadow));
    return runMeasured(call, path, role, ended);
  };

  const answerInDark: Calls['answerInDark'] = (call) => {
    const { launched, context } = call;
    const dials = dialsOf(call.definition?.dials, call.options);
    if (isInSample(launched, context, dials('samplePercent'), random)) {
      return answerWithShadow(call, 'control', dials, false);
    }
    launched.observations.shed('sample');
    return answer(call, 'control');
  };

  const answerLive: Calls['answerLive'] = (call, fallsBack) => {
    const dials = call.repeatable ? dialsOf(call.definition?.dials, call.options) : undefined;
    const verifying = dials && random() * 100 < dials('verifyPercent') ? dials : undefined;
    if (!verifying && !fallsBack) return answer(call, 'candidate');
    // The candidate may change what it was given before it fails.
    const kept = fallsBack ? copyForFallback(call.launched, call.input, call.options) : call.input;
    const fallBack = () => answer({ ...call, input: kept }, 'control', 'fallback');
    const first = () =>
      verifying ? answerWithShadow(call, 'candidate', verifying, fallsBack) : answer(call, 'candidate');
    if (!fallsBack) return first();
    try {
      const result = first();
      return isThenable(result) ? (Promise.resolve(result).catch(fallBack) as unknown as typeof result) : result;
    } catch {
      return fallBack();
    }
  };

  /** @param spares no shadow if the answer failed: the other path is needed, and runs as the fallback */
  function answerWithShadow<Result, Input>(
    call: Call<Result, Input>,
    path: LaunchPath,
    dials: Dials,
    spares: boolean,
  ): Result {
    const { launched, input, options, repeatable } = call;
    const { observations, brakes: state } = launched;
    const isUnwanted =
      options.runIf && !isWanted(options.runIf, call.context, (error) => complain('HOOK_FAILED', launched.key, error));
    const cause = brakes.look(state, dials) ?? (isUnwanted ? 'sample' : undefined);
    // Copied before anybody can change it: the answer runs first.
    const isTwice = () => repeatable && random() * 100 < dials('noisePercent');
    const copies = cause ? undefined : copyInput(launched, input, options, isTwice());
    if (!copies) observations.shed(cause ?? lack());
    if (cause === 'nested') return answer(call, path);
    const switchback = brakes.isProving(state, dials);
    if (!copies && !switchback) return answer(call, path);
    const held = copies && waiting.add(copies);
    const window = switchback?.asked();
    const besides = state.inFlight;
    const begunBefore = state.everBegun;
    let known: AnswerKnown | undefined;
    const begin = () => {
      const kept = held && waiting.take(held);
      if (!kept) {
        observations.shed('inFlight');
        return undefined;
      }
      return beginShadows(call as unknown as Call<unknown, unknown>, path, dials, kept);
    };
    let hasBegun = false;
    const result = answer(call, path, 'answer', (outcome, tookMs) => {
      switchback?.answered(window, tookMs, besides + state.everBegun - begunBefore);
      if (!held) return;
      const isSpared = outcome.failed && spares;
      if (isSpared) waiting.take(held);
      else if (!hasBegun) known = begin();
      known?.(isSpared ? undefined : outcome, tookMs);
    });
    if (held && call.atOnce && isThenable(result)) {
      hasBegun = true;
      known = begin();
    }
    return result;
  }

  return { answer, answerInDark, answerLive };
}
