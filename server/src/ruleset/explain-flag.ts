import { type EvaluationContext, HASH_VERSION, Ruleset, SCHEMA_VERSION, type Snapshot } from '@dimmer/core';
import { type Explanation, explain } from '@dimmer/core/explain';
import type { TargetingName } from '../commands/find.ts';
import type { Encoded } from '../encoding/encode-flag.ts';
import { closureOf } from '../encoding/visible.ts';
import type { Documents } from '../state/documents.ts';
import { Turns } from '../turns.ts';

/** Characters that are parsed in one turn; a single segment may be more. */
const TURN_CHARACTERS = 256 * 1024;

/** One for all questions: however many are asked at once, others have their turn after each piece. */
const turns = new Turns();

/**
 * Why a flag decides as it does for a context: by the ruleset that SDKs would have, made of this flag and what it
 * needs, as the documents are at the call.
 *
 * @param state the documents of now, or of any other time
 * @param now ms since 1970, for conditions on time
 */
export async function explainFlag(
  state: Documents,
  { project, environment, flag }: TargetingName,
  context: EvaluationContext,
  now: number,
): Promise<Omit<Explanation, 'evaluation'> & { readonly evaluation: Omit<Explanation['evaluation'], 'id'> }> {
  const { flags, segments } = closureOf(new Set([flag]), state, project, environment);
  const ruleset = new Ruleset({ clock: () => now });
  // What one flag needs may be the whole of 15 MiB, which takes 100 ms and more to parse.
  ruleset.replace({
    schema: SCHEMA_VERSION,
    hash: HASH_VERSION,
    id: 'explain',
    at: now,
    flags: (await parsed(flags)) as Snapshot['flags'],
    segments: (await parsed(segments)) as Snapshot['segments'],
  });
  const explanation = explain(ruleset, flag, context);
  // The ruleset was made for this question alone, so its id is nobody's.
  const { id: _, ...evaluation } = explanation.evaluation;
  return { ...explanation, evaluation };
}

async function parsed(encoded: ReadonlyMap<string, Encoded>): Promise<object> {
  const entries: [string, unknown][] = [];
  let characters = 0;
  for (const [key, { json }] of encoded) {
    characters += json.length;
    if (characters > TURN_CHARACTERS) {
      await turns.next();
      characters = json.length;
    }
    entries.push([key, JSON.parse(json)]);
  }
  // `fromEntries` defines properties: a flag named `__proto__` stays one.
  return Object.fromEntries(entries);
}
