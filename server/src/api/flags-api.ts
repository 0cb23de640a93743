import { type EnvironmentSummary, type FlagBody, flagRoutes, type TargetingBody } from '@dimmer/contract';
import { inOrderOfUse } from '@dimmer/core/environment-order';
import { lightOf } from '@dimmer/core/light';
import { percentOf } from '@dimmer/core/percent';
import type { z } from 'zod';
import type { Credential } from '../access/authenticate.ts';
import { can } from '../access/can.ts';
import { findFlag, findProject } from '../commands/find.ts';
import { archiveFlag, createFlag, unarchiveFlag, updateFlag } from '../commands/flags.ts';
import { restored } from '../commands/switches.ts';
import type { Live } from '../documents/document.ts';
import type { State } from '../state/state.ts';
import type { AdminRoutes } from './admin-route.ts';
import type { AdminServices } from './admin-services.ts';
import { blockedBy } from './blocked-by.ts';
import { type FlagFacts, FlagFactsReader } from './flag-facts.ts';
import { found } from './found.ts';
import { pageOf } from './page-of.ts';
import { answerDocument, answerWrite, presentDocument } from './present.ts';
import { shownAskers } from './shown-askers.ts';

/** Flags: what is the same in all environments. */
export function addFlags(routes: AdminRoutes, services: AdminServices): void {
  const { changeLog } = services;
  const { state } = changeLog;
  const facts = new FlagFactsReader(services);

  routes.add(flagRoutes.listFlags, {
    action: 'read',
    async handle({ params: { project }, query, credential }) {
      found(findProject(state, project));
      const matching = [...state.flags(project)].filter((flag) => matches(flag, query));
      const { items, next } = pageOf(matching, ({ body }) => body.key, query);
      const known = await facts.read(project, items, readableIn(state, project, credential));
      const shown = items.map((flag, index) => ({
        ...presentDocument(flag),
        ...(known[index] as FlagFacts),
        environments: summaries(state, flag, credential),
      }));
      return { json: { items: shown, next } };
    },
  });

  routes.add(flagRoutes.createFlag, {
    action: 'write',
    handle: async ({ params, body, execute }) =>
      answerWrite(changeLog, await execute(createFlag(params.project, body)), 'flag'),
  });

  routes.add(flagRoutes.getFlag, {
    action: 'read',
    async handle({ params: { project, flag }, credential }) {
      const document = found(findFlag(state, project, flag));
      const [known] = await facts.read(project, [document], readableIn(state, project, credential));
      return answerDocument(document, {
        ...(known as FlagFacts),
        environments: summaries(state, document, credential),
      });
    },
  });

  routes.add(flagRoutes.updateFlag, {
    action: 'write',
    handle: async ({ params, body, execute }) =>
      answerWrite(changeLog, await execute(updateFlag(params.project, params.flag, body)), 'flag'),
  });

  routes.add(flagRoutes.archiveFlag, {
    action: 'write',
    async handle({ params: { project, flag }, body, credential, execute }) {
      const force = body.force === true;
      const askers = force ? new Map() : await shownAskers(services, credential, project, [flag]);
      return answerWrite(changeLog, await execute(archiveFlag(project, flag, { force, askers })), 'flag');
    },
  });

  routes.add(flagRoutes.unarchiveFlag, {
    action: 'write',
    handle: async ({ params, execute }) =>
      answerWrite(changeLog, await execute(unarchiveFlag(params.project, params.flag)), 'flag'),
  });
}

function matches({ body }: Live<'flag'>, query: z.output<typeof flagRoutes.listFlags.query>): boolean {
  const { archived, search, tag, owner, purpose } = query;
  if (archived !== 'all' && body.archived !== (archived === 'yes')) return false;
  if (tag !== undefined && !body.tags.includes(tag)) return false;
  if (owner !== undefined && body.owner !== owner) return false;
  if (purpose !== undefined && body.purpose !== purpose) return false;
  const text = `${body.key}\n${body.name}\n${body.description}`.toLowerCase();
  return search === undefined || text.includes(search.toLowerCase());
}

/** Keys of the environments whose targeting somebody may look at. */
function readableIn(state: State, project: string, credential: Credential): string[] {
  return [...state.environments(project)]
    .map(({ body }) => body.key)
    .filter((environment) => can(credential, 'read', project, environment));
}

function summaries(state: State, flag: Live<'flag'>, credential: Credential): EnvironmentSummary[] {
  const project = flag.project ?? '';
  const found: EnvironmentSummary[] = [];
  for (const environment of inOrderOfUse(readableIn(state, project, credential), (key) => key)) {
    const targeting = state.targeting(project, flag.body.key, environment);
    if (!targeting) continue;
    const { body, version, revision } = targeting;
    const restores = body.killed ? restoresOf(flag.body, restored(body)) : null;
    const blocked = blockedBy(state, project, environment, body);
    const light = served(flag.body, body);
    found.push({
      environment,
      on: body.on,
      killed: body.killed ?? null,
      absent: body.absent === true,
      blockedBy: blocked,
      needs: body.prerequisites.map((each) => each.flag),
      rules: body.rules.length,
      ...light,
      ...(blocked !== null && DARKNESS),
      restores,
      version,
      revision,
    });
  }
  return found;
}

/** Nobody gets the new where a prerequisite is in the way; `shares` stay what the flag itself says. */
const DARKNESS = { lit: 0, dark: 0 };

function restoresOf(flag: FlagBody, body: TargetingBody) {
  return { on: body.on, ...served(flag, body) };
}

function served(flag: FlagBody, body: TargetingBody) {
  const found = sharesOf(body);
  return { shares: found, ...lightOf(flag, body.on, found) };
}

/** Percentages of the fallthrough, a variation once even if it has several slices; what is off serves its off variation. */
function sharesOf({ on, off, fallthrough }: TargetingBody): { variation: string; percent: number }[] {
  if (!on) return [{ variation: off, percent: 100 }];
  if ('variation' in fallthrough) return [{ variation: fallthrough.variation, percent: 100 }];
  const parts = new Map<string, number>();
  for (const slice of fallthrough.slices) parts.set(slice.variation, (parts.get(slice.variation) ?? 0) + slice.parts);
  return [...parts].map(([variation, sum]) => ({ variation, percent: percentOf(sum) }));
}
