import type { TargetingName } from '../commands/find.ts';
import { type Document, type Place, place } from '../documents/document.ts';
import { closureOf } from '../encoding/visible.ts';
import { NEVER } from '../state/moment.ts';
import { State } from '../state/state.ts';

/** Where documents of the past are read. */
interface Past {
  documentsAt(places: readonly Place[], revision: number): Promise<readonly Document[]>;
}

/**
 * A flag and all that it needs (prerequisites, segments, theirs) as they stood right after a revision: each is looked up
 * by name, so that it does not matter how many others there are, nor how often any was written.
 */
export async function stateThen(past: Past, name: TargetingName, revision: number): Promise<State> {
  const { project, environment, flag } = name;
  const documents: Document[] = [];
  const asked = new Set<string>();
  let wanted: Place[] = placesOf(flag);
  for (;;) {
    for (const { kind, id } of wanted) asked.add(`${kind} ${id}`);
    documents.push(...(await past.documentsAt(wanted, revision)).filter(({ body }) => body !== null));
    const state = await State.from({ revision, hash: NEVER.hash }, documents, async () => NEVER);
    const { flags } = closureOf(new Set([flag]), state, project, environment);
    const needed = new Map<string, Place>();
    for (const encoded of flags.values()) {
      for (const key of encoded.flags) for (const each of placesOf(key)) needed.set(`${each.kind} ${each.id}`, each);
      for (const key of encoded.segments) needed.set(`segment ${project}/${key}`, place.segment(project, key));
    }
    wanted = [...needed].filter(([each]) => !asked.has(each)).map(([, at]) => at);
    if (wanted.length === 0) return state;
  }

  function placesOf(key: string): Place[] {
    return [place.flag(project, key), place.targeting(project, key, environment)];
  }
}
