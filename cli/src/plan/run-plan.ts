import type { Command } from 'commander';
import type { ApiClient } from '../api/api-client.ts';
import { readPicture } from '../api/picture.ts';
import { apiOf, type CommandWorld, show } from '../command-world.ts';
import { readFolder } from '../folder/read-folder.ts';
import { EXIT } from '../text/exit-codes.ts';
import { type CheckedPlan, checkPlan } from './check-plan.ts';
import { makePlan } from './make-plan.ts';
import type { Note } from './plan.ts';
import { planText } from './plan-text.ts';
import { checkPrune, type PruneSum, passedOverNotes, pruneSum } from './prune.ts';

/** What plan and apply may be told. */
export interface PlanOptions {
  readonly prune?: boolean;
  /** So many may be archived without being asked about. */
  readonly pruneAtMost?: number;
  readonly propose?: boolean;
  readonly reason?: string;
}

/** `dimmer plan`. */
export async function runPlan(world: CommandWorld, command: Command, folder: string): Promise<void> {
  const { detailedExitcode } = command.opts<{ detailedExitcode?: boolean }>();
  const { propose = false } = command.opts<PlanOptions>();
  const { plan } = await preparePlan(world, command, folder);
  show(world, command, planJson(plan, propose), () => planText(plan, { propose }));
  if (isRefused(plan, propose)) world.exitCode = EXIT.refused;
  else if (detailedExitcode && plan.steps.length > 0) world.exitCode = EXIT.pending;
}

/** Reads the files, looks at the server, and asks it about each step. */
export async function preparePlan(
  world: CommandWorld,
  command: Command,
  path: string,
): Promise<{ api: ApiClient; plan: CheckedPlan; pruned: PruneSum }> {
  const { prune = false, pruneAtMost, reason } = command.opts<PlanOptions>();
  const folder = await readFolder(path);
  // The files say which project is meant, unless the command line does: what a shell has set is not about these files.
  const { project = folder.project.content.project.key } = command.optsWithGlobals<{ project?: string }>();
  const api = (await apiOf(world, command)).of(project);
  const wanted = (flag: string, environment: string) => {
    const file = folder.flags.get(flag);
    return file ? Object.hasOwn(file.content.environments ?? {}, environment) : prune;
  };
  const picture = await readPicture(
    api,
    { archived: true, targeting: ({ key }, environment) => wanted(key, environment) },
    world.terminal,
  );
  const made = makePlan({ project, url: api.url }, folder, picture, prune);
  checkPrune(made, folder);
  const pruned = pruneSum(made, { flags: present(picture.flags), segments: present(picture.segments) }, pruneAtMost);
  const notes = [...passedOverNotes(folder), ...made.notes, ...pruneNotes(pruned)];
  return { api, plan: await checkPlan(api, { ...made, notes }, reason, world.terminal), pruned };
}

function present(documents: ReadonlyMap<string, { readonly archived: boolean }>): number {
  return [...documents.values()].filter(({ archived }) => !archived).length;
}

function pruneNotes({ toAgree }: PruneSum): Note[] {
  if (toAgree === 0) return [];
  return [{ what: 'prune', message: `that is much to archive: to apply it, agree with --prune-at-most ${toAgree}.` }];
}

/** Whether the server would not do all of it. */
export function isRefused({ steps, impossible }: CheckedPlan, propose: boolean): boolean {
  const isBad = ({ kind }: CheckedPlan['steps'][number]['verdict']) =>
    kind === 'refused' || (kind === 'needs approval' && !propose);
  return impossible.length > 0 || steps.some(({ verdict }) => isBad(verdict));
}

/** A plan for machines: what would be sent, and what the server says of it. */
export function planJson(plan: CheckedPlan, propose: boolean): unknown {
  const { project, url, steps, impossible, notes } = plan;
  return {
    project,
    url,
    changes: steps.length,
    refused: isRefused(plan, propose),
    steps: steps.map(({ sign, what, document, method, path, body, version, differences, source, verdict }) => ({
      action: { '+': 'make', '~': 'change', '-': 'archive' }[sign],
      what,
      document,
      file: source?.file.name ?? null,
      call: { method, path, body, version },
      differences: differences.map(({ path: at, before = null, after = null }) => ({ path: at, before, after })),
      verdict,
    })),
    impossible: impossible.map(({ what, message, fix, source }) => ({ what, message, fix, file: source.file.name })),
    notes,
  };
}
