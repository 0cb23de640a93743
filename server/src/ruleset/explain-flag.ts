import { type EvaluationContext, Ruleset, type Snapshot } from '@dimmer/core';
import { type Explanation, explain } from '@dimmer/core/explain';
import type { TargetingName } from '../commands/find.ts';
import type { Documents } from '../state/documents.ts';
import { payloadText, piecesOf } from './payload.ts';
import { closureOf } from './visible.ts';

/**
 * Why a flag decides as it does for a context: by the ruleset that SDKs would have, made of this flag and what it
 * needs.
 *
 * @param state the documents of now, or of any other time
 * @param now ms since 1970, for conditions on time
 */
export function explainFlag(
  state: Documents,
  { project, environment, flag }: TargetingName,
  context: EvaluationContext,
  now: number,
): Omit<Explanation, 'evaluation'> & { readonly evaluation: Omit<Explanation['evaluation'], 'id'> } {
  const { flags, segments } = closureOf(new Set([flag]), state, project, environment);
  const text = payloadText({ id: 'explain', at: now }, piecesOf(flags), piecesOf(segments));
  const ruleset = new Ruleset({ clock: () => now });
  ruleset.replace(JSON.parse(text) as Snapshot);
  const explanation = explain(ruleset, flag, context);
  // The ruleset was made for this question alone, so its id is nobody's.
  const { id: _, ...evaluation } = explanation.evaluation;
  return { ...explanation, evaluation };
}
