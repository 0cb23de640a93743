import { percentOf } from '@dimmer/core/percent';
import type { ConditionTrace, Explanation, SplitTrace } from '../../api/explain.ts';
import type { Condition, Targeting } from '../../api/targeting.ts';
import { conditionSentence } from '../../sentences/condition-sentence.ts';
import { formatPercent } from '../../sentences/percent.ts';
import { shownText } from '../../sentences/shown-text.ts';
import { ruleName } from './merge-targeting.ts';

/** One step on the way to what somebody gets. */
export interface Step {
  /** `decided`: here it ended. */
  readonly outcome: 'decided' | 'passed' | 'failed';
  readonly sentence: string;
  /** Why, in parts: the conditions of a rule. */
  readonly parts: readonly { readonly holds: boolean; readonly sentence: string }[];
}

/** Each step as a sentence, in the order in which they were taken. */
export function explainSteps(explanation: Explanation, targeting: Targeting): readonly Step[] {
  const { decidedBy, prerequisites, target, rules, fallthrough, evaluation } = explanation;
  const served = shownText(evaluation.variation ?? 'the default in the code');
  const plain = (outcome: Step['outcome'], sentence: string): Step => ({ outcome, sentence, parts: [] });
  if (decidedBy === 'nothing') {
    return [
      plain('decided', evaluation.errorMessage ?? 'The flag cannot be decided: callers get the default in their code.'),
    ];
  }
  if (decidedBy === 'off') return [plain('decided', `The flag is off here: everyone gets ${served}.`)];
  const steps = prerequisites.map(({ flag, variations, served: was, isOn, isMet }) => {
    const gives = was === undefined ? 'is not there' : isOn ? `serves ${shownText(was)}` : 'is off';
    const needed = variations.map(shownText).join(' or ');
    return plain(
      isMet ? 'passed' : 'decided',
      `Prerequisite ${shownText(flag)} ${gives}${isMet ? ', as needed' : `, but has to serve ${needed}: so ${served}`}.`,
    );
  });
  if (decidedBy === 'prerequisite') return steps;
  if (target)
    return [
      ...steps,
      plain('decided', `${shownText(target.key)} is targeted by name: ${shownText(target.variation)}.`),
    ];
  if (targeting.targets.length > 0) steps.push(plain('failed', 'No individual target has this key.'));
  for (const [place, trace] of rules.entries()) {
    const rule = targeting.rules.find(({ id }) => id === trace.id);
    const isLast = decidedBy === 'rule' && place === rules.length - 1;
    steps.push({
      outcome: isLast ? 'decided' : 'failed',
      sentence: ruleStep(ruleName(rule ?? {}, trace.index), trace.matches, trace.split, isLast, served),
      parts: trace.conditions.map((condition, index) => ({
        holds: condition.matches,
        sentence: conditionStep(condition, rule?.when[index]?.values ?? []),
      })),
    });
  }
  if (decidedBy === 'fallthrough') {
    steps.push(
      plain('decided', fallthrough ? `Default rule: ${splitText(fallthrough)}.` : `The default rule serves ${served}.`),
    );
  }
  return steps;
}

function ruleStep(
  name: string,
  matches: boolean,
  split: SplitTrace | undefined,
  isLast: boolean,
  served: string,
): string {
  if (!matches) return `${name} does not match.`;
  if (!split) return isLast ? `${name} matches: ${served}.` : `${name} matches.`;
  return `${name} matches: ${splitText(split)}${isLast ? '' : ', and goes on'}.`;
}

function splitText({ by, key, bucket, slices, variation }: SplitTrace): string {
  const name = by === 'targetingKey' ? 'user id' : shownText(by);
  if (bucket === undefined) return `no ${name} was given, so the percentage cannot be worked out`;
  const where = `${name} ${shownText(key)} falls at ${percentAt(bucket)}`;
  const slice = slices.find(({ from, to }) => from <= bucket && bucket < to);
  if (!slice || variation === undefined) return `${where}, outside its percentage`;
  return `${where}: ${shownText(variation)} is served from ${percentAt(slice.from)} to ${percentAt(slice.to)}`;
}

/** Where on the way from 0 % to 100 % a bucket lies. */
function percentAt(bucket: number): string {
  return formatPercent(percentOf(bucket));
}

function conditionStep(trace: ConditionTrace, values: Condition['values']): string {
  const { attribute, operator, not, actual, isKnown } = trace;
  const sentence = conditionSentence({
    operator,
    values,
    ...(attribute !== undefined && { attribute }),
    ...(not && { not }),
  });
  if (!isKnown) return `${sentence}: this cannot be decided, so it never matches`;
  if (operator === 'inSegment' || operator === 'exists') return sentence;
  return `${sentence}: ${actual === undefined ? 'the context does not say' : `it is ${shownText(actual)}`}`;
}
