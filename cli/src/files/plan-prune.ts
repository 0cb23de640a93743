import { countText } from '../output.ts';
import type { Note, Part, Planning, Step } from './plan.ts';

const NAMED = 10;

/**
 * What the server has and the folder does not: archived if that is asked for, and else only named. Whether the folder is
 * to be believed so far is for `prune-guard.ts`.
 */
export function planPrune(planning: Planning, prune: boolean): Part {
  const { picture, folder, at } = planning;
  const flags = dependentsFirst(planning, missing(picture.flags, folder.flags));
  const segments = missing(picture.segments, folder.segments);
  if (!prune) return { notes: [...leftNote('flag', flags), ...leftNote('segment', segments)] };
  const archive = (kind: 'flag' | 'segment', key: string, version: number): Step => ({
    sign: '-',
    what: `${kind} ${key}`,
    document: `${kind}/${key}`,
    needs: [],
    needsAll: true,
    version,
    method: 'POST',
    path: `${at}${kind}s/${encodeURIComponent(key)}/archive`,
    body: {},
    differences: [{ path: 'archived', before: false, after: true }],
  });
  return {
    steps: [
      ...flags.map((key) => archive('flag', key, picture.flags.get(key)?.version ?? 0)),
      ...segments.map((key) => archive('segment', key, picture.segments.get(key)?.version ?? 0)),
    ],
  };
}

function missing(
  server: ReadonlyMap<string, { readonly archived: boolean }>,
  files: ReadonlyMap<string, unknown>,
): string[] {
  return [...server].filter(([key, { archived }]) => !archived && !files.has(key)).map(([key]) => key);
}

/** A flag that others need can go only after them. */
function dependentsFirst({ picture }: Planning, keys: readonly string[]): string[] {
  const ordered = new Set<string>();
  const visited = new Set<string>();
  const needs = (key: string, other: string) =>
    [...(picture.targetings.get(key)?.values() ?? [])].some(({ prerequisites }) =>
      prerequisites.some(({ flag }) => flag === other),
    );
  const visit = (key: string) => {
    if (visited.has(key)) return;
    visited.add(key);
    for (const other of keys) if (needs(other, key)) visit(other);
    ordered.add(key);
  };
  for (const key of keys) visit(key);
  return [...ordered];
}

function leftNote(what: string, keys: readonly string[]): Note[] {
  if (keys.length === 0) return [];
  const shown = keys.slice(0, NAMED).join(', ') + (keys.length > NAMED ? ` and ${keys.length - NAMED} more` : '');
  return [
    { what: countText(keys.length, what), message: `not in the folder, and left as they are (--prune): ${shown}.` },
  ];
}
