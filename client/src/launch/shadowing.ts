/**
 * All that a shadow needs once it is let in: copies, its run, the comparison, samples. In one piece, which Node has from
 * the beginning, and which pages load when the first shadow is to begin.
 */
import type { ShedCause } from '@dimmer/core';
import type { CallDeps } from './call.ts';
import { type BeginShadows, createComparedShadows } from './compared-shadow.ts';
import { type Copies, copyForFallback, createCopyInput } from './copies.ts';
import type { CompareOptions } from './launch-options.ts';
import type { Launched } from './launched.ts';
import { redactText } from './redact.ts';
import { createShadows } from './shadow.ts';

type CopyInputOptions = Pick<CompareOptions<never>, 'clone'> & { readonly prepare?: unknown };

export interface Shadowing {
  /** Copies what a call is given, before anybody can change it; undefined: it is to have no shadow. */
  readonly copyInput: (
    launched: Launched,
    input: unknown,
    options: CopyInputOptions,
    twice: boolean,
  ) => Copies | undefined;
  /** A copy of the input for the path that answers if the other fails; what cannot be copied is handed on as it is. */
  readonly copyForFallback: typeof copyForFallback;
  readonly begin: BeginShadows;
  /** A long or odd name of a kind of failure, as it may be shown. */
  readonly shownName: (text: string) => string;
  /** What a call without copies counts as. */
  readonly lack: () => ShedCause;
}

export type CreateShadowing = (deps: CallDeps) => Shadowing;

export const createShadowing: CreateShadowing = (deps) => {
  const { world, warmUp, brakes, after, complain, isStill } = deps;
  const copyInput = createCopyInput(complain);
  const startShadow = createShadows({
    world,
    brakes,
    after,
    isStill,
    complain: (flag, blockedMs) => complain('SHADOW_BLOCKED', flag, `for ${Math.round(blockedMs)} ms`),
  });
  return {
    copyInput(...given) {
      warmUp?.(world.clock, after);
      return copyInput(...given);
    },
    copyForFallback,
    begin: createComparedShadows({ ...deps, startShadow }),
    shownName: redactText,
    lack: () => 'uncopyable',
  };
};
