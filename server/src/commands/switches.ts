import { z } from '@hono/zod-openapi';
import { LIMITS } from '../documents/limits.ts';
import type { TargetingBody } from '../documents/targeting.ts';
import type { Command } from './command.ts';
import { editTargeting } from './edit-targeting.ts';
import type { TargetingName } from './find.ts';
import { type Refused, refuse } from './refusal.ts';

/** Why somebody does something. Optional for most commands, unless the environment is protected. */
export const reasonField = z.string().trim().min(1).max(LIMITS.reasonCharacters).openapi({
  description: 'Why. Stands in the history. Required where the environment is protected, and for a kill.',
});

export const toggleInput = z.strictObject({ on: z.boolean() });

/** Turns a flag on or off in one environment. Refuses: `FLAG_KILLED` if it would turn a killed flag on. */
export function toggleFlag(where: TargetingName, input: z.infer<typeof toggleInput>): Command {
  return editTargeting('flag.toggle', where, ({ targeting }) => {
    const { body } = targeting;
    return input.on && body.killed ? refuseKilled(where, body.killed) : { ...body, on: input.on };
  });
}

/**
 * Turns a flag off in one environment, now: never refused for a version that is too old, nor for anything else but a
 * missing reason. Remembers who, when and why; only `restoreFlag` turns it on again.
 */
export function killFlag(where: TargetingName): Command {
  return editTargeting(
    'flag.kill',
    where,
    ({ targeting }, { actor, now, reason }) => {
      return { ...targeting.body, on: false, killed: { by: actor.name, at: now, reason: reason ?? '' } };
    },
    { precondition: 'ignored', needsReason: true, neverWaits: true },
  );
}

/** Turns a killed flag on again, with the rules that it has. On a flag that is merely off it is the same as a toggle. */
export function restoreFlag(where: TargetingName): Command {
  return editTargeting('flag.restore', where, ({ targeting }) => {
    const { killed: _gone, ...rest } = targeting.body;
    return { ...rest, on: true };
  });
}

/** The answer to whoever would turn a killed flag on by another way than restoring it. */
export function refuseKilled(where: TargetingName, killed: NonNullable<TargetingBody['killed']>): Refused {
  const { project, flag, environment } = where;
  const when = new Date(killed.at).toISOString();
  return refuse('FLAG_KILLED', `"${flag}" was killed in ${environment} by ${killed.by} at ${when}: ${killed.reason}`, {
    fix: `If that is over, restore it: POST /api/v1/projects/${project}/flags/${flag}/environments/${environment}/restore.`,
    details: { killed },
  });
}
