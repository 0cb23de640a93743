import { z } from '@hono/zod-openapi';
import { descriptionField, given } from '../documents/fields.ts';
import type { Immutable } from '../documents/immutable.ts';
import { LIMITS } from '../documents/limits.ts';
import { ruleIdField, ruleInput, type StoredRule, serveField, whenField } from '../documents/rules.ts';
import type { Command } from './command.ts';
import { editTargeting } from './edit-targeting.ts';
import type { TargetingName } from './find.ts';
import { type Refused, refuse } from './refusal.ts';
import { withSeed } from './rule-seed.ts';

export const addRuleInput = z.strictObject({
  rule: ruleInput,
  /** Its place among the rules, 0 = first. Default: last. */
  position: given(z.number().int().min(0).max(LIMITS.rules)),
});

export const updateRuleInput = z.strictObject({
  description: given(descriptionField),
  when: given(whenField),
  serve: given(serveField),
});

export const reorderRulesInput = z.strictObject({
  /** The ids of all rules, each once, in their new order. */
  order: z.array(ruleIdField).max(LIMITS.rules),
});

/** Adds a rule, with a seed of its own unless one is sent. Refuses: `RULE_EXISTS` if its id is taken, `LIMIT_EXCEEDED`. */
export function addRule(where: TargetingName, input: Immutable<z.infer<typeof addRuleInput>>): Command {
  return editTargeting('rule.add', where, ({ flag, targeting }, { newId }) => {
    const { rules } = targeting.body;
    const { id = newId(), serve, ...sent } = input.rule;
    const rule: StoredRule = { ...sent, id, serve: withSeed(serve, flag.body.seed, id) };
    if (rules.some((each) => each.id === rule.id)) {
      return refuse('RULE_EXISTS', `There already is a rule "${rule.id}".`, {
        fix: 'Leave the id out to be given one, or change the rule that is there with PATCH.',
        path: 'rule.id',
      });
    }
    if (rules.length >= LIMITS.rules) {
      return refuse('LIMIT_EXCEEDED', `"${where.flag}" has ${LIMITS.rules} rules here, and that is the limit.`, {
        fix: 'Put conditions that belong together into one segment, and remove rules that nobody needs.',
        path: 'rule',
      });
    }
    const position = input.position ?? rules.length;
    return { ...targeting.body, rules: [...rules.slice(0, position), rule, ...rules.slice(position)] };
  });
}

/** Changes a rule's description, conditions or what it serves; only what is given. Refuses: `RULE_NOT_FOUND`. */
export function updateRule(
  where: TargetingName,
  id: string,
  input: Immutable<z.infer<typeof updateRuleInput>>,
): Command {
  return editTargeting('rule.update', where, ({ flag, targeting }) => {
    const { rules } = targeting.body;
    const was = rules.find((rule) => rule.id === id);
    if (!was) return refuseUnknownRule(rules, id);
    const serve = input.serve ? withSeed(input.serve, flag.body.seed, id, was.serve) : was.serve;
    return { ...targeting.body, rules: rules.map((rule) => (rule === was ? { ...was, ...input, serve } : rule)) };
  });
}

/** Refuses: `RULE_NOT_FOUND`. */
export function removeRule(where: TargetingName, id: string): Command {
  return editTargeting('rule.remove', where, ({ targeting }) => {
    const { rules } = targeting.body;
    if (!rules.some((rule) => rule.id === id)) return refuseUnknownRule(rules, id);
    return { ...targeting.body, rules: rules.filter((rule) => rule.id !== id) };
  });
}

/** Puts the rules in another order. Refuses: `RULE_NOT_FOUND` unless the order names each rule once. */
export function reorderRules(where: TargetingName, input: Immutable<z.infer<typeof reorderRulesInput>>): Command {
  return editTargeting('rule.reorder', where, ({ targeting }) => {
    const byId = new Map(targeting.body.rules.map((rule) => [rule.id, rule]));
    const rules: StoredRule[] = [];
    for (const id of input.order) {
      const rule = byId.get(id);
      if (!rule) return refuseUnknownRule(targeting.body.rules, id);
      byId.delete(id);
      rules.push(rule);
    }
    const [missing] = byId.keys();
    return missing === undefined ? { ...targeting.body, rules } : refuseUnknownRule(targeting.body.rules, missing);
  });
}

export function refuseUnknownRule(rules: readonly StoredRule[], id: string): Refused {
  const names = rules.map((rule) => rule.id).join(', ');
  return refuse('RULE_NOT_FOUND', `"${id}" is not a rule here, or the order does not name it exactly once.`, {
    fix: names ? `The rules are, in order: ${names}.` : 'There are no rules.',
  });
}
