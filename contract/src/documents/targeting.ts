import { z } from 'zod';
import { given, instantField, keyField } from '../fields.ts';
import type { Immutable } from '../immutable.ts';
import { LIMITS } from '../limits.ts';
import { storedDials } from './dials.ts';
import { prerequisiteField, serveField, storedRules, targetField } from './rules.ts';

/** That somebody killed the flag here: who, when and why. It is off until it is restored. */
export const killedField = z.object({
  by: z.string(),
  at: instantField,
  reason: z.string(),
  /** Whether the flag was on before it was killed, which a restore brings back. Kills of before do not say. */
  wasOn: given(z.boolean()),
  /** Who may restore it alone, until when, as long as this is the newest version. */
  undo: given(
    z.object({
      by: z.object({ kind: z.enum(['person', 'token', 'system']), id: z.string() }),
      until: instantField,
      version: z.number().int(),
    }),
  ),
});

/** A flag's rules in one environment. */
export const targetingBody = z
  .object({
    on: z.boolean(),
    /** The variation that is served when the flag is off. */
    off: keyField,
    prerequisites: z.array(prerequisiteField).max(LIMITS.prerequisites),
    targets: z.array(targetField).max(LIMITS.variations),
    rules: storedRules,
    fallthrough: serveField,
    /**
     * It is in no ruleset here until somebody saves its targeting: how a flag begins where a second person has to agree.
     */
    absent: given(z.literal(true)),
    killed: given(killedField),
    /** Nobody has said yet who gets it: the flag has never been on here, and its default rule serves the off variation. */
    fresh: given(z.literal(true)),
    /** Of launches and migrations: how their shadows are held in check. */
    dials: given(storedDials),
  })
  .meta({ id: 'TargetingBody' });
export type TargetingBody = Immutable<z.output<typeof targetingBody>>;
