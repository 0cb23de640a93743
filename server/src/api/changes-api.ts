import { countField, type FlagBody, keyField, ofFlag, writeAnswer } from '@dimmer/contract';
import { z } from '@hono/zod-openapi';
import type { Change } from '../change-log/change.ts';
import { revertChange } from '../commands/revert.ts';
import { type Document, subjectOf } from '../documents/document.ts';
import { ApiError } from '../http/api-error.ts';
import type { Credential } from '../keys/authenticate.ts';
import { type Action, can, readsWhole } from '../keys/can.ts';
import type { AdminRequest, AdminRoutes } from './admin-route.ts';
import type { AdminServices } from './admin-services.ts';
import { allow } from './allow.ts';
import { parseInstant } from './instant-query.ts';
import { answerWrite, entryOf, presentBody, presentChange } from './present.ts';
import { shownAskers } from './shown-askers.ts';

const DEFAULT_PAGE = 50;
const MAX_PAGE = 500;

const pageOfHistory = z.object({
  /** Only changes before this revision: the `next` of the page before. */
  before: countField.optional(),
  /** Only changes after this revision. */
  after: countField.optional(),
  /** Only changes since this instant: RFC 3339 with zone, or milliseconds since 1970. */
  since: z.string().optional(),
  /** Only changes before this instant, in the same form. */
  until: z.string().optional(),
  /** Only changes by somebody whose name has this in it; upper and lower case are alike. */
  by: z.string().min(1).max(200).optional(),
  limit: countField.min(1).max(MAX_PAGE).default(DEFAULT_PAGE),
});
const flagHistoryQuery = pageOfHistory.extend({ environment: keyField.optional() });
const changesQuery = flagHistoryQuery.extend({
  project: keyField.optional(),
  flag: keyField.optional(),
  segment: keyField.optional(),
});

const changeAnswer = z
  .looseObject({
    revision: z.number().int(),
    id: z.string(),
    at: z.number().openapi({ description: 'Milliseconds since 1970.' }),
    actor: z.object({ kind: z.string(), id: z.string(), name: z.string() }),
    command: z.string(),
    project: z.string().nullable(),
    environment: z.string().nullable(),
    subject: z.string(),
    reason: z.string().nullable(),
    hash: z.string(),
    writeCount: z.number().int().openapi({ description: 'Documents that it wrote and that you may read.' }),
    writes: z
      .array(z.object({ kind: z.string(), id: z.string(), version: z.number().int(), deleted: z.boolean() }))
      .openapi({ description: 'The documents that it wrote, the first 20 of them that you may read.' }),
  })
  .openapi('Change');
const historyAnswer = z.object({ items: z.array(changeAnswer), next: z.number().int().nullable() });
const documentDifference = z.object({
  kind: z.string(),
  id: z.string(),
  before: z.unknown().openapi({ description: 'The body before; null: it was not there.' }),
  after: z.unknown().openapi({ description: 'The body after; null: deleted.' }),
});
const verificationAnswer = z.object({
  ok: z.boolean(),
  revision: z.number().int().openapi({ description: 'The last revision, or the first that is wrong.' }),
  id: z.string().optional(),
  sealed: z
    .boolean()
    .optional()
    .openapi({ description: 'The last change, and so all before it, has the seal of DIMMER_AUDIT_KEY.' }),
  sealedFrom: z.number().int().nullable().optional().openapi({ description: 'The first change that has a seal.' }),
  problem: z.string().optional(),
});

const ofChange = z.object({ revision: countField.min(1) });
const revertInput = z.strictObject({ force: z.boolean().default(false) });

/** The log: what has happened, and how to undo it. */
export function addChanges(routes: AdminRoutes, services: AdminServices): void {
  const { changeLog } = services;
  const tag = 'Changes';

  const history = async (credential: Credential, query: z.output<typeof changesQuery>) => {
    const { project, environment, flag, segment, before, after, since, until, by, limit } = query;
    const sinceMs = since === undefined ? undefined : parseInstant(since, 'since');
    const untilMs = until === undefined ? undefined : parseInstant(until, 'until');
    const { entries, hasMore } = await changeLog.history({
      ...{ project, environment, flag, segment, before, after, sinceMs, untilMs, by, limit },
    });
    const items = entries.map((entry) => presentChange(entry, credential));
    return { json: { items, next: hasMore ? entries.at(-1)?.revision : null } };
  };

  routes.add({
    ...{ method: 'get', path: '/projects/{project}/flags/{flag}/history', tag, action: 'handler decides' },
    ...{ summary: 'Changes of a flag, newest first', params: ofFlag, query: flagHistoryQuery, answer: historyAnswer },
    handle({ params: { project, flag }, query, credential }) {
      allowHistory(credential, project, query.environment);
      return history(credential, { ...query, project, flag });
    },
  });

  routes.add({
    ...{ method: 'get', path: '/changes', tag, action: 'handler decides' },
    ...{ summary: 'Changes of everything, newest first', query: changesQuery, answer: historyAnswer },
    handle({ query, credential }) {
      const { project, environment, flag, segment } = query;
      if (project === undefined && (environment ?? flag ?? segment) !== undefined) {
        const fix = 'Send project as well: keys are unique within a project only.';
        throw new ApiError('QUERY_INVALID', 'environment, flag and segment need a project.', { fix, path: 'project' });
      }
      allowHistory(credential, project ?? null, environment);
      return history(credential, query);
    },
  });

  routes.add({
    ...{ method: 'get', path: '/changes/verify', tag, action: 'install' },
    ...{ summary: 'Check the hash chain of the whole log', answer: verificationAnswer },
    handle: async () => ({ json: await changeLog.verify() }),
  });

  routes.add({
    ...{ method: 'get', path: '/changes/{revision}', tag, action: 'handler decides' },
    ...{ summary: 'One change, with each document before and after', params: ofChange },
    answer: changeAnswer.extend({ documents: z.array(documentDifference) }),
    async handle(request) {
      const change = await reachable(request, 'read');
      const before = await changeLog.before(change);
      const documents = change.writes.map(({ kind, id, body }, index) => ({
        ...{ kind, id, before: presentBody(kind, before[index]?.body ?? null), after: presentBody(kind, body) },
      }));
      return { json: { ...presentChange(entryOf(change), request.credential), documents } };
    },
  });

  routes.add({
    ...{ method: 'post', path: '/changes/{revision}/revert', tag, action: 'handler decides' },
    ...{ summary: 'Undo a change by a new one', params: ofChange, body: revertInput },
    answer: writeAnswer(z.looseObject({})),
    async handle(request) {
      const change = await reachable(request, 'write');
      const before = await changeLog.before(change);
      const askers = await shownAskers(services, request.credential, change.project ?? '', flagsGone(change, before));
      return answerWrite(changeLog, await request.execute(revertChange(change, before, { ...request.body, askers })));
    },
  });

  /** A change that whoever asks may read (or write) in all that it wrote; else it is as if it were not there. */
  async function reachable(
    { params, credential }: Pick<AdminRequest<{ revision: number }, never, never>, 'params' | 'credential'>,
    action: Action,
  ): Promise<Change> {
    const change = await changeLog.change(params.revision);
    if (change?.writes.every((write) => can(credential, action, write.project, write.environment))) return change;
    throw new ApiError('CHANGE_NOT_FOUND', `There is no change ${params.revision} that you may ${action}.`, {
      fix: 'List changes: GET /api/v1/changes.',
    });
  }
}

/** Who may see one environment sees the changes of that environment only, so it must be asked for. */
function allowHistory(credential: Credential, project: string | null, environment: string | undefined): void {
  if (environment === undefined && can(credential, 'read', project, null) && !readsWhole(credential, project)) {
    const own = credential.grants.find((grant) => grant.project === null || grant.project === project)?.environment;
    throw new ApiError('FORBIDDEN', 'You may read single environments of this project.', {
      fix: `Add environment=${own} to the query.`,
    });
  }
  allow(credential, 'read', project, environment ?? null);
}

/** Flags that are there because of a change: without it they were not, or were archived. */
function flagsGone({ writes }: Change, before: readonly Document[]): string[] {
  return writes.flatMap((write) => {
    if (write.kind !== 'flag') return [];
    const was = before.find((each) => each.kind === write.kind && each.id === write.id)?.body as
      | FlagBody
      | null
      | undefined;
    return was == null || was.archived ? [subjectOf(write)] : [];
  });
}
