import {
  createSegmentInput,
  documentAnswer,
  inProject,
  listAnswer,
  ofSegment,
  pageQuery,
  segmentBody,
  segmentMembersInput,
  updateSegmentInput,
  writeAnswer,
} from '@dimmer/contract';
import { z } from '@hono/zod-openapi';
import { usersOfSegment } from '../commands/checks/check-users.ts';
import { findProject, findSegment } from '../commands/find.ts';
import {
  archiveSegment,
  createSegment,
  setSegmentMembers,
  unarchiveSegment,
  updateSegment,
} from '../commands/segments.ts';
import { can } from '../keys/can.ts';
import type { AdminRoutes } from './admin-route.ts';
import type { AdminServices } from './admin-services.ts';
import { found } from './found.ts';
import { pageOf } from './page-of.ts';
import { answerDocument, answerWrite } from './present.ts';

const segmentAnswer = documentAnswer('Segment', segmentBody.shape);
const segmentListed = z
  .looseObject({ key: z.string(), included: z.number().int(), excluded: z.number().int(), rules: z.number().int() })
  .openapi('SegmentListed', { description: 'A segment with the sizes of its lists instead of the lists.' });
const segmentsQuery = pageQuery.extend({ archived: z.enum(['no', 'yes', 'all']).default('no') });

/** Segments: audiences that many flags use. */
export function addSegments(routes: AdminRoutes, { changeLog }: AdminServices): void {
  const { state } = changeLog;
  const tag = 'Segments';
  const answer = writeAnswer(segmentAnswer);

  routes.add({
    ...{ method: 'get', path: '/projects/{project}/segments', tag, action: 'read', summary: 'Segments of a project' },
    ...{ params: inProject, query: segmentsQuery, answer: listAnswer(segmentListed) },
    handle({ params: { project }, query }) {
      found(findProject(state, project));
      const matching = [...state.segments(project)].filter(
        ({ body }) => query.archived === 'all' || body.archived === (query.archived === 'yes'),
      );
      const { items, next } = pageOf(matching, ({ body }) => body.key, query);
      const listed = items.map(({ body, version, revision }) => ({
        ...{ ...body, project, version, revision },
        ...{ included: body.included.length, excluded: body.excluded.length, rules: body.rules.length },
      }));
      return { json: { items: listed, next } };
    },
  });

  routes.add({
    ...{ method: 'post', path: '/projects/{project}/segments', tag, action: 'write', summary: 'Create a segment' },
    ...{ params: inProject, body: createSegmentInput, answer, status: 201 },
    handle: async ({ params, body, execute }) =>
      answerWrite(changeLog, await execute(createSegment(params.project, body))),
  });

  routes.add({
    ...{ method: 'get', path: '/projects/{project}/segments/{segment}', tag, action: 'read' },
    ...{ summary: 'One segment, and which flags use it', params: ofSegment, answer: segmentAnswer },
    handle({ params: { project, segment }, credential }) {
      const document = found(findSegment(state, project, segment));
      const users = usersOfSegment(state, project, segment);
      return answerDocument(document, {
        users: users.filter((user) => can(credential, 'read', project, user.environment)),
      });
    },
  });

  routes.add({
    ...{ method: 'patch', path: '/projects/{project}/segments/{segment}', tag, action: 'write' },
    ...{ summary: 'Change a segment', params: ofSegment, body: updateSegmentInput, answer },
    handle: async ({ params, body, execute }) =>
      answerWrite(changeLog, await execute(updateSegment(params.project, params.segment, body))),
  });

  routes.add({
    ...{ method: 'post', path: '/projects/{project}/segments/{segment}/members', tag, action: 'write' },
    ...{ summary: 'Include, exclude or remove keys', params: ofSegment, body: segmentMembersInput, answer },
    handle: async ({ params, body, execute }) =>
      answerWrite(changeLog, await execute(setSegmentMembers(params.project, params.segment, body))),
  });

  routes.add({
    ...{ method: 'post', path: '/projects/{project}/segments/{segment}/archive', tag, action: 'write' },
    ...{ summary: 'Take a segment out of use', params: ofSegment, answer },
    handle: async ({ params, execute }) =>
      answerWrite(changeLog, await execute(archiveSegment(params.project, params.segment))),
  });

  routes.add({
    ...{ method: 'post', path: '/projects/{project}/segments/{segment}/unarchive', tag, action: 'write' },
    ...{ summary: 'Bring an archived segment back', params: ofSegment, answer },
    handle: async ({ params, execute }) =>
      answerWrite(changeLog, await execute(unarchiveSegment(params.project, params.segment))),
  });
}
