import type { Picture } from '../api/picture.ts';
import type { Folder } from '../folder/read-folder.ts';
import type { Part, Plan, Planning } from './plan.ts';
import { planFlags } from './plan-flags.ts';
import { planProject } from './plan-project.ts';
import { planSegments } from './plan-segments.ts';
import { planTargetings } from './plan-targetings.ts';
import { planPrune } from './prune.ts';

/** Plan: the difference of files and server, as steps. Pure: it only says what would have to be done. */
export function makePlan(
  where: { readonly project: string; readonly url: string },
  folder: Folder,
  picture: Picture,
  prune: boolean,
): Plan {
  const planning: Planning = { folder, picture, at: `/projects/${encodeURIComponent(where.project)}/` };
  const flags = planFlags(planning);
  const parts: Part[] = [
    planProject(planning, where.project),
    planSegments(planning),
    flags.first,
    planTargetings(planning),
    flags.last,
    planPrune(planning, prune),
  ];
  return {
    ...where,
    steps: parts.flatMap(({ steps = [] }) => steps),
    impossible: parts.flatMap(({ impossible = [] }) => impossible),
    notes: parts.flatMap(({ notes = [] }) => notes),
  };
}
