import { z } from 'zod';
import { changeRequest, changeRequestNow } from '../answers/change-request.ts';
import { deletedDocument } from '../answers/document.ts';
import { flag, targeting } from '../answers/flag.ts';
import { listAnswer } from '../answers/list.ts';
import { environment, project } from '../answers/project.ts';
import { segment } from '../answers/segment.ts';
import { writeAnswer } from '../answers/write.ts';
import { REQUEST_STATES } from '../documents/change-request.ts';
import { keyField } from '../fields.ts';
import { applyInput, approveInput } from '../inputs/change-requests.ts';
import { inProject, pageQuery } from '../path-params.ts';
import { route } from '../route.ts';

const tag = 'Change requests';
const ofRequest = inProject.extend({ request: z.string().min(1).max(64) });
const written = writeAnswer(changeRequest);

export const changeRequestRoutes = {
  listChangeRequests: route({
    method: 'get',
    path: '/projects/{project}/change-requests',
    tag,
    summary: 'Change requests, the newest first',
    params: inProject,
    query: pageQuery.extend({ state: z.enum(REQUEST_STATES).optional(), environment: keyField.optional() }),
    answer: listAnswer(changeRequest),
  }),
  getChangeRequest: route({
    method: 'get',
    path: '/projects/{project}/change-requests/{request}',
    tag,
    summary: 'One change request, with what it would change now',
    params: ofRequest,
    answer: changeRequestNow,
  }),
  approveChangeRequest: route({
    method: 'post',
    path: '/projects/{project}/change-requests/{request}/approve',
    tag,
    summary: 'Agree to what somebody else proposes',
    params: ofRequest,
    body: approveInput,
    isImmediate: true,
    answer: written,
  }),
  rejectChangeRequest: route({
    method: 'post',
    path: '/projects/{project}/change-requests/{request}/reject',
    tag,
    summary: 'Say no, with the reason',
    params: ofRequest,
    isImmediate: true,
    answer: written,
  }),
  withdrawChangeRequest: route({
    method: 'post',
    path: '/projects/{project}/change-requests/{request}/withdraw',
    tag,
    summary: 'Take back what you proposed',
    params: ofRequest,
    isImmediate: true,
    answer: written,
  }),
  applyChangeRequest: route({
    method: 'post',
    path: '/projects/{project}/change-requests/{request}/apply',
    tag,
    summary: 'Carry out what was approved, now or at a time',
    params: ofRequest,
    body: applyInput,
    isImmediate: true,
    // Of whatever it changes; of the request itself, if it is to be carried out later.
    answer: writeAnswer(z.union([changeRequest, targeting, flag, segment, environment, project, deletedDocument])),
  }),
} as const;
