import type { Rule, Serve, Targeting } from '../api/targeting.ts';
import { conditionsSentence } from '../sentences/condition-sentence.ts';
import { servedText, serveSentence } from '../sentences/serve-sentence.ts';
import { shownText } from '../sentences/shown-text.ts';
import { added, changed, type DifferenceLine, keyLines, removed, valueText } from './difference-line.ts';
import { fieldLines, isSame } from './field-difference.ts';

type Body = Partial<Targeting>;

/** A rule as a sentence: who, and what they get. */
function ruleSentence({ when, serve }: Pick<Rule, 'when' | 'serve'>): string {
  return `${conditionsSentence(when)} → ${serveSentence(serve)}`;
}

/** What differs between two states of a flag's rules in one environment. */
export function targetingLines(before: Body, after: Body): DifferenceLine[] {
  const { on, off, prerequisites, targets, rules, fallthrough, killed, ...rest } = after;
  const lines: DifferenceLine[] = [];
  if (before.on !== on && on !== undefined) {
    lines.push(before.on === undefined ? added(on ? 'On' : 'Off') : changed('Flag', onOff(before.on), onOff(on)));
  }
  if (killed && !isSame(before.killed, killed)) {
    lines.push(added(`Killed by ${valueText(killed.by)}: ${valueText(killed.reason)}`));
  }
  if (before.killed && !killed) lines.push(removed(`Killed by ${valueText(before.killed.by)}`));
  if (before.off !== off && off !== undefined) {
    lines.push(before.off === undefined ? added(`When off: ${off}`) : changed('When off', before.off, off));
  }
  lines.push(...prerequisiteLines(before.prerequisites, prerequisites));
  lines.push(...targetLines(before.targets, targets));
  lines.push(...ruleLines(before.rules, rules, ruleSentence));
  lines.push(...defaultLines(before, after));
  const { on: _1, off: _2, prerequisites: _3, targets: _4, rules: _5, fallthrough: _6, killed: _7, ...was } = before;
  return [...lines, ...fieldLines(was, rest)];
}

/** Rules that came, went, were edited, or were put in another order. */
export function ruleLines<R extends { readonly id?: string; readonly description?: string }>(
  before: readonly R[] = [],
  after: readonly R[] = [],
  sentenceOf: (rule: R) => string,
): DifferenceLine[] {
  const ruleIn = (rules: readonly R[], { id }: R): R | undefined => rules.find((rule) => rule.id === id);
  const text = (rule: R): string =>
    `Rule: ${sentenceOf(rule)}${rule.description ? ` (${valueText(rule.description)})` : ''}`;
  const gone = before.filter((rule) => !ruleIn(after, rule)).map((rule) => removed(text(rule)));
  const come = after.flatMap((rule) => {
    const was = ruleIn(before, rule);
    if (!was) return [added(text(rule))];
    if (isSame(was, rule)) return [];
    return text(was) === text(rule) ? fieldLines(was, rule, 'Rule') : [removed(text(was)), added(text(rule))];
  });
  const stayedBefore = before.filter((rule) => ruleIn(after, rule)).map(({ id }) => id);
  const stayedAfter = after.filter((rule) => ruleIn(before, rule)).map(({ id }) => id);
  const isReordered = !isSame(stayedBefore, stayedAfter);
  const first = isReordered ? after.find((rule) => ruleIn(before, rule)) : undefined;
  return [...gone, ...come, ...(first ? [changed('Order of rules', 'as before', `first ${sentenceOf(first)}`)] : [])];
}

function targetLines(before: Body['targets'] = [], after: Body['targets'] = []): DifferenceLine[] {
  const keysOf = (targets: typeof after, variation: string): readonly string[] =>
    targets.find((target) => target.variation === variation)?.keys ?? [];
  const variations = [...new Set([...before, ...after].map(({ variation }) => variation))];
  return variations.flatMap((variation) =>
    keyLines(`Always ${variation}`, keysOf(before, variation), keysOf(after, variation)),
  );
}

function prerequisiteLines(before: Body['prerequisites'] = [], after: Body['prerequisites'] = []): DifferenceLine[] {
  const sentence = ({ flag, variations }: (typeof after)[number]): string =>
    `${flag} must serve ${variations.join(' or ')}`;
  return keyLines('Only where', before.map(sentence), after.map(sentence));
}

/**
 * What those get whom no target and no rule matches. What is served is compared, not what is stored: a flag that was off
 * served its off variation, whatever stood in its default rule.
 */
function defaultLines(before: Body, after: Body): DifferenceLine[] {
  const { fallthrough } = after;
  if (!fallthrough) return [];
  const isAlone = [before, after].every(({ rules = [], targets = [] }) => rules.length + targets.length === 0);
  const who = isAlone ? 'Everyone' : 'Everyone not matched by a rule';
  const stored = after.on === false ? 'Default rule, once it is on' : who;
  if (before.fallthrough === undefined) return [added(`${stored}: ${serveSentence(fallthrough)}`)];
  const lines: DifferenceLine[] = [];
  if (before.on !== undefined && before.on !== after.on) {
    const [was, is] = [servedBy(before), servedBy(after)];
    lines.push(was === is ? { sign: 'changed', text: `${who}: still ${is}` } : changed(who, was, is));
    if (after.on !== false) return lines;
  }
  if (isSame(before.fallthrough, fallthrough)) return lines;
  const [was, is] = [before, after].map((body) => servedText(body.fallthrough as Serve, body.off ?? ''));
  if (was !== is) return [...lines, changed(stored, was ?? '', is ?? '')];
  return [...lines, ...fieldLines(before.fallthrough, fallthrough, stored)];
}

function servedBy({ on, off = '', fallthrough }: Body): string {
  return on && fallthrough ? servedText(fallthrough, off) : shownText(off);
}

function onOff(on: boolean): string {
  return on ? 'on' : 'off';
}
