import { changeRoutes, type FlagBody, flagRoutes } from '@dimmer/contract';
import type { z } from 'zod';
import type { Credential } from '../access/authenticate.ts';
import { type Action, can, readsWhole } from '../access/can.ts';
import type { Change } from '../changes/change.ts';
import { revertChange } from '../commands/revert.ts';
import { type Document, subjectOf } from '../documents/document.ts';
import { ApiError } from '../http/api-error.ts';
import type { AdminRequest, AdminRoutes } from './admin-route.ts';
import type { AdminServices } from './admin-services.ts';
import { allow } from './allow.ts';
import { parseInstant } from './instant-query.ts';
import { answerRevert, entryOf, presentBody, presentChange } from './present.ts';
import { shownAskers } from './shown-askers.ts';

/** The log: what has happened, and how to undo it. */
export function addChanges(routes: AdminRoutes, services: AdminServices): void {
  const { changeLog } = services;

  const history = async (credential: Credential, query: z.output<typeof changeRoutes.listChanges.query>) => {
    const { project, environment, flag, segment, before, after, since, until, by, limit } = query;
    const sinceMs = since === undefined ? undefined : parseInstant(since, 'since');
    const untilMs = until === undefined ? undefined : parseInstant(until, 'until');
    const { entries, hasMore } = await changeLog.history({
      project,
      environment,
      flag,
      segment,
      before,
      after,
      sinceMs,
      untilMs,
      by,
      limit,
    });
    const items = entries.map((entry) => presentChange(entry, credential));
    return { json: { items, next: hasMore ? (entries.at(-1)?.revision ?? null) : null } };
  };

  routes.add(flagRoutes.flagHistory, {
    action: 'handler decides',
    handle({ params: { project, flag }, query, credential }) {
      allowHistory(credential, project, query.environment);
      return history(credential, { ...query, project, flag });
    },
  });

  routes.add(changeRoutes.listChanges, {
    action: 'handler decides',
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

  routes.add(changeRoutes.verifyChanges, {
    action: 'install',
    handle: async () => ({ json: await changeLog.verify() }),
  });

  routes.add(changeRoutes.getChange, {
    action: 'handler decides',
    async handle(request) {
      const change = await reachable(request, 'read');
      const before = await changeLog.before(change);
      const documents = change.writes.map(({ kind, id, body }, index) => ({
        kind,
        id,
        before: presentBody(kind, before[index]?.body ?? null),
        after: presentBody(kind, body),
      }));
      return { json: { ...presentChange(entryOf(change), request.credential), documents } };
    },
  });

  routes.add(changeRoutes.revertChange, {
    action: 'handler decides',
    async handle(request) {
      const change = await reachable(request, 'write');
      const before = await changeLog.before(change);
      const askers = await shownAskers(services, request.credential, change.project ?? '', flagsGone(change, before));
      return answerRevert(changeLog, await request.execute(revertChange(change, before, { ...request.body, askers })));
    },
  });

  /** A change that the caller may read (or write) in all that it wrote; else it is as if it were not there. */
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
