import { isSameJson } from '@dimmer/core/same-json';

/**
 * Gives rules without an id that of the rule that they are on the server: one with the same content, or else the one in
 * the same place. A rule that keeps its id keeps its history.
 */
export function withIds<Rule extends { readonly id?: string }>(
  rules: readonly Rule[],
  current: readonly Rule[],
): Rule[] {
  const taken = new Set(rules.map(({ id }) => id));
  const free = current.filter(({ id }) => !taken.has(id));
  const content = ({ id: _id, ...rest }: Rule) => rest;
  const take = (index: number) => (index < 0 ? undefined : free.splice(index, 1)[0]?.id);
  const found = rules.map(
    (rule) => rule.id ?? take(free.findIndex((each) => isSameJson(content(each), content(rule)))),
  );
  return rules.map((rule, index) => {
    const id = found[index] ?? take(free.indexOf(current[index] as Rule));
    return id === undefined ? rule : { ...rule, id };
  });
}
