import { segmentRoutes } from '@dimmer/contract';
import { can } from '../access/can.ts';
import { usersOfSegment } from '../commands/checks/check-users.ts';
import { findProject, findSegment } from '../commands/find.ts';
import {
  archiveSegment,
  createSegment,
  setSegmentMembers,
  unarchiveSegment,
  updateSegment,
} from '../commands/segments.ts';
import type { AdminRoutes } from './admin-route.ts';
import type { AdminServices } from './admin-services.ts';
import { found } from './found.ts';
import { pageOf } from './page-of.ts';
import { answerDocument, answerWrite, presentDocument } from './present.ts';

/** Segments: audiences that many flags use. */
export function addSegments(routes: AdminRoutes, { changeLog }: AdminServices): void {
  const { state } = changeLog;

  routes.add(segmentRoutes.listSegments, {
    action: 'read',
    handle({ params: { project }, query }) {
      found(findProject(state, project));
      const matching = [...state.segments(project)].filter(
        ({ body }) => query.archived === 'all' || body.archived === (query.archived === 'yes'),
      );
      const { items, next } = pageOf(matching, ({ body }) => body.key, query);
      const listed = items.map((segment) => ({
        ...presentDocument(segment),
        included: segment.body.included.length,
        excluded: segment.body.excluded.length,
        rules: segment.body.rules.length,
      }));
      return { json: { items: listed, next } };
    },
  });

  routes.add(segmentRoutes.createSegment, {
    action: 'write',
    handle: async ({ params, body, execute }) =>
      answerWrite(changeLog, await execute(createSegment(params.project, body)), 'segment'),
  });

  routes.add(segmentRoutes.getSegment, {
    action: 'read',
    handle({ params: { project, segment }, credential }) {
      const document = found(findSegment(state, project, segment));
      const users = usersOfSegment(state, project, segment);
      return answerDocument(document, {
        users: users.filter((user) => can(credential, 'read', project, user.environment)),
      });
    },
  });

  routes.add(segmentRoutes.updateSegment, {
    action: 'write',
    handle: async ({ params, body, execute }) =>
      answerWrite(changeLog, await execute(updateSegment(params.project, params.segment, body)), 'segment'),
  });

  routes.add(segmentRoutes.setSegmentMembers, {
    action: 'write',
    handle: async ({ params, body, execute }) =>
      answerWrite(changeLog, await execute(setSegmentMembers(params.project, params.segment, body)), 'segment'),
  });

  routes.add(segmentRoutes.archiveSegment, {
    action: 'write',
    handle: async ({ params, execute }) =>
      answerWrite(changeLog, await execute(archiveSegment(params.project, params.segment)), 'segment'),
  });

  routes.add(segmentRoutes.unarchiveSegment, {
    action: 'write',
    handle: async ({ params, execute }) =>
      answerWrite(changeLog, await execute(unarchiveSegment(params.project, params.segment)), 'segment'),
  });
}
