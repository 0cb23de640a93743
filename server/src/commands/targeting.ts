import type {
  fallthroughInput,
  Immutable,
  offVariationInput,
  prerequisitesInput,
  TargetingBody,
  targetingInput,
  targetKeysInput,
  untargetKeysInput,
} from '@dimmer/contract';
import type { z } from 'zod';
import type { Command } from './command.ts';
import { editTargeting } from './edit-targeting.ts';
import type { TargetingName } from './find.ts';
import { withSeed } from './rule-seed.ts';
import { refuseKilled } from './switches.ts';

/** Gives some targeting keys one variation, whatever the rules say. A key that had another variation loses that. */
export function targetKeys(where: TargetingName, input: Immutable<z.infer<typeof targetKeysInput>>): Command {
  return editTargeting('targets.add', where, ({ targeting }) => {
    const others = withoutKeys(targeting.body.targets, input.keys);
    const had = others.find((target) => target.variation === input.variation)?.keys ?? [];
    const targets = [
      ...others.filter((target) => target.variation !== input.variation),
      { variation: input.variation, keys: [...had, ...new Set(input.keys)] },
    ];
    return { ...targeting.body, targets };
  });
}

/** Takes some targeting keys out of the individual targets. Keys that are not there are no error. */
export function untargetKeys(where: TargetingName, input: Immutable<z.infer<typeof untargetKeysInput>>): Command {
  return editTargeting('targets.remove', where, ({ targeting }) => {
    return { ...targeting.body, targets: withoutKeys(targeting.body.targets, input.keys) };
  });
}

function withoutKeys(targets: TargetingBody['targets'], keys: readonly string[]): TargetingBody['targets'] {
  const gone = new Set(keys);
  return targets
    .map((target) => ({ ...target, keys: target.keys.filter((key) => !gone.has(key)) }))
    .filter((target) => target.keys.length > 0);
}

/** Says which other flags must be on, and serve what, before this one serves anything but its off variation. */
export function setPrerequisites(where: TargetingName, input: Immutable<z.infer<typeof prerequisitesInput>>): Command {
  return editTargeting('prerequisites.set', where, ({ targeting }) => ({ ...targeting.body, ...input }));
}

/** Says what those get whom no rule matches: one variation, or an allocation of exactly 100,000 parts. */
export function setFallthrough(where: TargetingName, input: Immutable<z.infer<typeof fallthroughInput>>): Command {
  return editTargeting('fallthrough.set', where, ({ targeting }) => {
    return { ...targeting.body, fallthrough: input.serve };
  });
}

/** Says what is served while the flag is off. */
export function setOffVariation(where: TargetingName, input: z.infer<typeof offVariationInput>): Command {
  return editTargeting('off-variation.set', where, ({ targeting }) => {
    return { ...targeting.body, off: input.variation };
  });
}

/**
 * Replaces a flag's whole targeting in one environment; rules without an id are given one, and
 * allocations in them without a seed keep the one that they had, or are given one of their own. Needs the version that was
 * edited. Refuses: `VERSION_REQUIRED`, `FLAG_KILLED` if it would turn a killed flag on.
 */
export function replaceTargeting(where: TargetingName, input: Immutable<z.infer<typeof targetingInput>>): Command {
  return editTargeting(
    'targeting.replace',
    where,
    ({ flag, targeting }, { newId }) => {
      const { body } = targeting;
      if (input.on && body.killed) return refuseKilled(where, body.killed);
      const was = new Map(body.rules.map((rule) => [rule.id, rule.serve]));
      const rules = input.rules.map(({ id = newId(), serve, ...rule }) => {
        return { ...rule, id, serve: withSeed(serve, flag.body.seed, id, was.get(id)) };
      });
      const { fresh: _gone, ...rest } = { ...body, ...input };
      return { ...rest, rules };
    },
    { precondition: 'required' },
  );
}
