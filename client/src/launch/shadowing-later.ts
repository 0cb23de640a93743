/**
 * Shadows whose code is not there yet: it is asked for by the first call that is to have one, never waited for by a
 * caller, and until it has come what is plain data is kept by hand. What is more than that has no shadow until then.
 * Why: decision 0179.
 */
import { OTHER } from '@dimmer/core/other';
import { plainCopy } from './plain-copy.ts';
import type { CreateShadowing, Shadowing } from './shadowing.ts';

/** Loading that failed is tried again once, after so long, ms. */
const RETRY_MS = 10_000;

/** @param load fetches the code; may reject */
export function shadowingLater(load: () => Promise<CreateShadowing>): CreateShadowing {
  return (deps) => {
    const { world, brakes } = deps;
    let made: Shadowing | undefined;
    let loading: Promise<void> | undefined;
    let tries = 0;
    let failedAt = Number.NEGATIVE_INFINITY;

    /** Undefined: it has failed, and is not tried again, or not yet. */
    function loaded(): Promise<void> | undefined {
      if (!loading && tries < 2 && world.clock() - failedAt >= RETRY_MS) {
        tries++;
        loading = load().then((create) => {
          made = create(deps);
        });
        loading.catch(() => {
          failedAt = world.clock();
          loading = undefined;
        });
      }
      return loading;
    }

    return {
      copyInput(launched, input, options, ...more) {
        if (made) return made.copyInput(launched, input, options, ...more);
        // What is prepared is prepared before the caller has its answer; and what waits is bounded.
        if (!loaded() || options.prepare || launched.brakes.underWay >= world.maxShadows) return undefined;
        const copy = options.clone === false ? { value: input } : plainCopy(input);
        return copy && [copy.value, undefined];
      },
      copyForFallback(launched, input, options) {
        if (made) return made.copyForFallback(launched, input, options);
        return (plainCopy(input) ?? { value: input }).value as typeof input;
      },
      begin(call, answered, dials, copies) {
        if (made) return made.begin(call, answered, dials, copies);
        const { observations, brakes: state } = call.launched;
        return (outcome, tookMs) => {
          const shed = () => observations.shed('loading');
          const isFree = call.options.clone === false;
          const kept = outcome?.failed === false && (isFree ? outcome : plainCopy(outcome.value));
          const arriving = kept && loaded();
          if (!arriving) return shed();
          brakes.wait(state);
          const begin = () => {
            made?.begin(call, answered, dials, copies)({ failed: false, value: kept.value }, tookMs);
          };
          void arriving
            .then(begin)
            .catch(shed)
            .then(() => brakes.leave(state));
        };
      },
      shownName: (text) => (made ? made.shownName(text) : OTHER),
      lack: () => (made ? made.lack() : 'loading'),
    };
  };
}
