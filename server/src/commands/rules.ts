import {
  type addRuleInput,
  type Immutable,
  LIMITS,
  type reorderRulesInput,
  type StoredRule,
  type updateRuleInput,
} from '@dimmer/contract';
import type { z } from 'zod';
import type { Command } from './command.ts';
import { editTargeting } from './edit-targeting.ts';
import type { TargetingName } from './find.ts';
import { type Refused, refuse } from './refusal.ts';
import { withSeed } from './rule-seed.ts';

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
