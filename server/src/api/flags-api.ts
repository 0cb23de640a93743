import {
  archiveFlagInput,
  createFlagInput,
  documentAnswer,
  type FlagBody,
  flagBody,
  inProject,
  killedField,
  listAnswer,
  ofFlag,
  pageQuery,
  type TargetingBody,
  updateFlagInput,
  writeAnswer,
} from '@dimmer/contract';
import { PARTS } from '@dimmer/core';
import { inOrderOfUse } from '@dimmer/core/environment-order';
import { lightOf } from '@dimmer/core/light';
import { z } from '@hono/zod-openapi';
import { findFlag, findProject } from '../commands/find.ts';
import { archiveFlag, createFlag, unarchiveFlag, updateFlag } from '../commands/flags.ts';
import { restored } from '../commands/switches.ts';
import type { Live } from '../documents/document.ts';
import type { Credential } from '../keys/authenticate.ts';
import { can } from '../keys/can.ts';
import type { State } from '../state/state.ts';
import type { AdminRoutes } from './admin-route.ts';
import type { AdminServices } from './admin-services.ts';
import { blockedBy } from './blocked-by.ts';
import { FlagFactsReader } from './flag-facts.ts';
import { found } from './found.ts';
import { pageOf } from './page-of.ts';
import { answerDocument, answerWrite, presentDocument } from './present.ts';
import { shownAskers } from './shown-askers.ts';

const shares = z.array(z.object({ variation: z.string(), percent: z.number() }));
const lit = z.number().openapi({ description: 'Percent that gets the new, 0 to 100, where no rule matches.' });
const dark = z.number().openapi({ description: 'Of a launch: percent for whom the candidate runs unseen.' });

const environmentSummary = z
  .object({
    environment: z.string(),
    on: z.boolean(),
    killed: killedField.nullable(),
    absent: z.boolean().openapi({
      description:
        'It is not served here until a change of its targeting has been approved: callers get their own default.',
    }),
    blockedBy: z.string().nullable().openapi({
      description:
        'A prerequisite that nobody meets now, so that everybody gets the off variation although the flag is on; null: none is known to be so.',
    }),
    needs: z.array(z.string()).openapi({ description: 'Flags that are its prerequisites.' }),
    rules: z.number().int().openapi({ description: 'How many rules there are before the fallthrough.' }),
    shares: shares.openapi({ description: 'Who gets what where no rule matches.' }),
    lit,
    dark,
    restores: z.object({ on: z.boolean(), shares, lit, dark }).nullable().openapi({
      description:
        'What restoring a killed flag brings back: whether it was on, and who gets what where no rule matches; null unless killed.',
    }),
    version: z.number().int(),
    revision: z.number().int(),
  })
  .openapi('EnvironmentSummary');

const flagAnswer = documentAnswer('Flag', flagBody.shape);
const flagWithEnvironments = documentAnswer('FlagWithEnvironments', {
  ...flagBody.shape,
  environments: z.array(environmentSummary),
  lastChange: z
    .object({ revision: z.number().int(), at: z.number().int(), by: z.string() })
    .nullable()
    .openapi({ description: 'The last change of the flag, or of its targeting where you may read it.' }),
  lastEvaluatedAt: z.number().int().nullable().openapi({ description: 'In any environment that you may read.' }),
  stale: z.enum(['not-evaluated', 'served-to-all']).nullable().openapi({
    description:
      'Why it may be done with: for 30 days nobody has evaluated it, or nothing has changed and all get one variation, in the environments that you may read.',
  }),
});

const flagsQuery = pageQuery.extend({
  archived: z.enum(['no', 'yes', 'all']).default('no'),
  /** Part of a key, name or description; upper and lower case are alike. */
  search: z.string().max(200).optional(),
  tag: z.string().optional(),
  owner: z.string().optional(),
  purpose: z.string().optional(),
});

/** Flags: what is the same in all environments. */
export function addFlags(routes: AdminRoutes, services: AdminServices): void {
  const { changeLog } = services;
  const { state } = changeLog;
  const facts = new FlagFactsReader(services);
  const tag = 'Flags';

  routes.add({
    ...{ method: 'get', path: '/projects/{project}/flags', tag, action: 'read' },
    ...{ summary: 'Flags, with their state in every environment', params: inProject, query: flagsQuery },
    answer: listAnswer(flagWithEnvironments),
    async handle({ params: { project }, query, credential }) {
      found(findProject(state, project));
      const matching = [...state.flags(project)].filter((flag) => matches(flag, query));
      const { items, next } = pageOf(matching, ({ body }) => body.key, query);
      const known = await facts.read(project, items, readableIn(state, project, credential));
      const withEnvironments = items.map((flag, index) => ({
        ...presentDocument(flag),
        ...known[index],
        environments: summaries(state, flag, credential),
      }));
      return { json: { items: withEnvironments, next } };
    },
  });

  routes.add({
    ...{ method: 'post', path: '/projects/{project}/flags', tag, action: 'write' },
    ...{ summary: 'Create a flag, off in every environment', params: inProject, body: createFlagInput },
    ...{ answer: writeAnswer(flagAnswer), status: 201 },
    handle: async ({ params, body, execute }) =>
      answerWrite(changeLog, await execute(createFlag(params.project, body))),
  });

  routes.add({
    ...{ method: 'get', path: '/projects/{project}/flags/{flag}', tag, action: 'read' },
    ...{ summary: 'One flag, with its state in every environment', params: ofFlag, answer: flagWithEnvironments },
    async handle({ params: { project, flag }, credential }) {
      const document = found(findFlag(state, project, flag));
      const [of] = await facts.read(project, [document], readableIn(state, project, credential));
      return answerDocument(document, { ...of, environments: summaries(state, document, credential) });
    },
  });

  routes.add({
    ...{ method: 'patch', path: '/projects/{project}/flags/{flag}', tag, action: 'write' },
    ...{ summary: 'Change what is the same in all environments', params: ofFlag, body: updateFlagInput },
    answer: writeAnswer(flagAnswer),
    handle: async ({ params, body, execute }) =>
      answerWrite(changeLog, await execute(updateFlag(params.project, params.flag, body))),
  });

  routes.add({
    ...{ method: 'post', path: '/projects/{project}/flags/{flag}/archive', tag, action: 'write' },
    ...{ summary: 'Take a flag out of every ruleset', params: ofFlag, answer: writeAnswer(flagAnswer) },
    body: archiveFlagInput,
    isBodyOptional: true,
    async handle({ params: { project, flag }, body, credential, execute }) {
      const force = body.force === true;
      const askers = force ? new Map() : await shownAskers(services, credential, project, [flag]);
      return answerWrite(changeLog, await execute(archiveFlag(project, flag, { force, askers })));
    },
  });

  routes.add({
    ...{ method: 'post', path: '/projects/{project}/flags/{flag}/unarchive', tag, action: 'write' },
    ...{ summary: 'Bring an archived flag back, as it was', params: ofFlag, answer: writeAnswer(flagAnswer) },
    handle: async ({ params, execute }) =>
      answerWrite(changeLog, await execute(unarchiveFlag(params.project, params.flag))),
  });
}

function matches({ body }: Live<'flag'>, query: z.output<typeof flagsQuery>): boolean {
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

function summaries(state: State, flag: Live<'flag'>, credential: Credential): z.output<typeof environmentSummary>[] {
  const project = flag.project ?? '';
  const found: z.output<typeof environmentSummary>[] = [];
  for (const environment of inOrderOfUse(readableIn(state, project, credential), (key) => key)) {
    const targeting = state.targeting(project, flag.body.key, environment);
    if (!targeting) continue;
    const { body, version, revision } = targeting;
    const restores = body.killed ? restoresOf(flag.body, restored(body)) : null;
    const blocked = blockedBy(state, project, environment, body);
    const light = served(flag.body, body);
    found.push({
      ...{ environment, on: body.on, killed: body.killed ?? null, absent: body.absent === true },
      ...{
        blockedBy: blocked,
        needs: body.prerequisites.map((each) => each.flag),
        rules: body.rules.length,
        ...light,
        ...(blocked !== null && DARKNESS),
      },
      ...{ restores, version, revision },
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
  return [...parts].map(([variation, sum]) => ({ variation, percent: (sum * 100) / PARTS }));
}
