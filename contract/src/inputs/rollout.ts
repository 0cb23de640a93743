import { z } from 'zod';
import { seedField } from '../documents/flag.ts';
import { ruleIdField } from '../documents/rules.ts';
import { given, keyField } from '../fields.ts';
import { LIMITS } from '../limits.ts';

/** Of a hundred; the finest step is 0.001. */
const percentField = z.number().min(0).max(100).meta({ description: 'Percent, to 0.001.', example: 12.5 });

export const rolloutInput = z.strictObject({
  /** Percent of `variation`; the rest gets the off variation (in a rule: goes on to the next rule). */
  percent: given(percentField),
  /** Default, for a boolean flag: the one that is `true`. */
  variation: given(keyField),
  /** Percent of a launch that runs in the dark. Default, if `live` is given: 0. */
  dark: given(percentField),
  /** Percent of a launch that is live. Default, if `dark` is given: 0. */
  live: given(percentField),
  /** The stage of a migration; people who are not in `percent` (default 100) get the stage before it. */
  stage: given(keyField),
  /** The percentage of every variation; in the fallthrough they sum to exactly 100. */
  shares: given(
    z
      .array(z.strictObject({ variation: keyField, percent: percentField }))
      .min(1)
      .max(LIMITS.variations),
  ),
  /** The rule whose population is meant. Default: the fallthrough. */
  rule: given(ruleIdField),
  /** The attribute that is hashed. Default: as it was, at first `targetingKey`. */
  by: given(z.string().min(1).max(LIMITS.attributeCharacters)),
  /** Default: as it was, at first the flag's own; of a rule, one of the rule's own. */
  seed: given(seedField),
  /** Turns the flag on or off as well. Default: on for a rollout of the fallthrough, as it was for one of a rule. */
  on: given(z.boolean()),
});
