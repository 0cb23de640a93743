import type { Folder, Kind } from '../folder/read-folder.ts';
import { CommandProblem, EXIT } from '../text/exit-codes.ts';
import { countText } from '../text/output.ts';
import type { Note, Part, Plan, Planning, Step } from './plan.ts';

const NAMED = 10;
/** Archived without confirmation, unless they are more than half of what is there. */
const UNASKED = 10;

const ONE: Readonly<Record<Kind, 'flag' | 'segment'>> = { flags: 'flag', segments: 'segment' };
const KINDS: readonly Kind[] = ['flags', 'segments'];

/**
 * What the server has and the folder does not: archived if that is asked for, and else only named. Whether the folder is
 * to be believed so far is for `checkPrune`.
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

/**
 * Guard of `--prune`: nothing is archived because its file could not be read: a folder that is not there, or holds
 * something that was passed over, does not say what there shall not be. Without flags to go it may be as it likes.
 *
 * @throws CommandProblem with what is in the way, all of it
 */
export function checkPrune({ steps }: Pick<Plan, 'steps'>, { missing, passedOver }: Folder): void {
  const inTheWay = KINDS.flatMap((kind) => {
    const going = steps.filter((step) => step.sign === '-' && step.document.startsWith(`${ONE[kind]}/`)).length;
    if (going === 0) return [];
    const count = countText(going, ONE[kind]);
    if (missing.includes(kind)) return [`${kind}/ is not there, and ${count} would be archived.`];
    return passedOver
      .filter((each) => each.kind === kind && each.mayHoldDocuments)
      .map(({ name }) => `${name} was passed over, and ${count} would be archived.`);
  });
  if (inTheWay.length === 0) return;
  throw new CommandProblem(
    EXIT.usage,
    'It is not sure what the folder says; nothing was sent.',
    'Files end with .yaml and lie in flags/ and segments/ themselves; move everything else elsewhere. If a project shall have none of a kind, make the folder and leave it empty. Or leave --prune out.',
    inTheWay,
  );
}

/** Files of the folder that were not read. */
export function passedOverNotes({ passedOver }: Folder): Note[] {
  return passedOver.map(({ name }) => ({ what: name, message: 'passed over: it does not end with .yaml.' }));
}

/** How many a plan archives, and how many of those have to be confirmed by number; 0: none. */
export interface PruneSum {
  readonly archived: number;
  readonly toAgree: number;
}

/**
 * Archiving is asked about by number where it is much: more than ten of a kind, or more than half of what there is.
 *
 * @param present flags and segments that the server has, not archived
 * @param atMost as many as somebody has agreed to already
 */
export function pruneSum(
  { steps }: Pick<Plan, 'steps'>,
  present: Readonly<Record<Kind, number>>,
  atMost: number | undefined,
): PruneSum {
  const going = KINDS.map((kind) => ({
    present: present[kind],
    count: steps.filter((step) => step.sign === '-' && step.document.startsWith(`${ONE[kind]}/`)).length,
  }));
  const archived = going.reduce((sum, { count }) => sum + count, 0);
  const isMuch = going.some((kind) => kind.count > UNASKED || kind.count * 2 > kind.present);
  return { archived, toAgree: isMuch && archived > (atMost ?? 0) ? archived : 0 };
}
