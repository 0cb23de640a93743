import type { TargetingBody, toggleInput } from '@dimmer/contract';
import type { z } from 'zod';
import { personBehind } from '../access/owner.ts';
import type { Live } from '../documents/document.ts';
import type { Command, Facts } from './command.ts';
import { editTargeting } from './edit-targeting.ts';
import type { TargetingName } from './find.ts';
import { turnedOn } from './initial-targeting.ts';
import { type Refused, refuse } from './refusal.ts';

// Why: decision 0013, decision 0152.
/** How long the person who has killed a flag may take that back without a second person. */
const ALONE_MS = 15 * 60_000;

type Undo = NonNullable<NonNullable<TargetingBody['killed']>['undo']>;

/** Turns a flag on or off in one environment. Refuses: `FLAG_KILLED` if it would turn a killed flag on. */
export function toggleFlag(where: TargetingName, input: z.infer<typeof toggleInput>): Command {
  return editTargeting('flag.toggle', where, ({ flag, targeting }) => {
    const { body } = targeting;
    if (!input.on) return { ...body, on: false };
    return body.killed ? refuseKilled(where, body.killed) : turnedOn(flag.body, body);
  });
}

/**
 * Turns a flag off in one environment, now: never refused for a version that is too old, nor for anything else but a
 * missing reason. Remembers who, when and why, and whether the flag was on; only `restoreFlag` takes it back.
 */
export function killFlag(where: TargetingName): Command {
  return editTargeting(
    'flag.kill',
    where,
    ({ targeting }, facts) => {
      const { actor, now, reason } = facts;
      const undo = undoOf(targeting, facts);
      const wasOn = isOnOnceRestored(targeting.body);
      const killed = { by: actor.name, at: now, reason: reason ?? '', wasOn, ...(undo && { undo }) };
      return { ...targeting.body, on: false, killed };
    },
    { precondition: 'ignored', needsReason: true, neverWaits: true },
  );
}

/**
 * Who may take a kill back alone: the person who was first to kill it. One's own kill, said twice, leaves the time as
 * it was; a kill of what somebody else has killed gives nobody anything.
 */
function undoOf({ body, version }: Live<'targeting'>, { actor, now }: Facts): Undo | null {
  const by = { kind: actor.kind, id: actor.id };
  if (!body.killed) return { by, until: now + ALONE_MS, version: version + 1 };
  const before = body.killed.undo;
  if (before?.version !== version || before.by.kind !== by.kind || before.by.id !== by.id) return null;
  return { ...before, version: version + 1 };
}

/**
 * Takes a kill back: the flag is on if it was on before the kill, and off if it was off, with the rules that it has by
 * now. A flag that is not killed stays as it is, so that a restore that is sent twice does nothing the second time.
 *
 * Where a second person has to agree, the person who has killed it may restore the same alone for a quarter of an hour:
 * fear of a kill that cannot be taken back at night keeps people from killing.
 */
export function restoreFlag(where: TargetingName): Command {
  return editTargeting('flag.restore', where, ({ targeting }) => restored(targeting.body), {
    alone({ targeting: { body, version } }, { actor, now }, state) {
      const undo = body.killed?.undo;
      if (undo?.version !== version || now >= undo.until) return null;
      const isSame = undo.by.kind === actor.kind && undo.by.id === actor.id;
      const person = personBehind(state, actor);
      const mayUndo = isSame || (person !== null && person === personBehind(state, undo.by));
      return mayUndo ? `alone, within ${ALONE_MS / 60_000} minutes of the kill, with the rules as they were` : null;
    },
  });
}

/** A targeting as a restore makes it. */
export function restored({ killed, ...body }: TargetingBody): TargetingBody {
  return killed ? { ...body, on: isOnOnceRestored({ ...body, killed }) } : body;
}

/**
 * Whether a flag is on once nobody has killed it any more. Kills of before did not say; what has never been on here was
 * not on then either.
 */
function isOnOnceRestored({ on, killed, absent, fresh }: TargetingBody): boolean {
  return killed ? (killed.wasOn ?? !(absent || fresh)) : on;
}

/** The answer to attempts to turn a killed flag on by another way than restoring it. */
export function refuseKilled(where: TargetingName, killed: NonNullable<TargetingBody['killed']>): Refused {
  const { project, flag, environment } = where;
  const when = new Date(killed.at).toISOString();
  return refuse('FLAG_KILLED', `"${flag}" was killed in ${environment} by ${killed.by} at ${when}: ${killed.reason}`, {
    fix: `If that is over, restore it: POST /api/v1/projects/${project}/flags/${flag}/environments/${environment}/restore.`,
    details: { killed },
  });
}
