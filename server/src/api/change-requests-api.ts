import {
  applyInput,
  approveInput,
  changeRequestBody,
  documentAnswer,
  inProject,
  keyField,
  listAnswer,
  pageQuery,
  REQUEST_STATES,
  writeAnswer,
} from '@dimmer/contract';
import { z } from '@hono/zod-openapi';
import { isOpen } from '../commands/change-request-room.ts';
import {
  approveChangeRequest,
  rejectChangeRequest,
  scheduleChangeRequest,
  withdrawChangeRequest,
} from '../commands/change-requests.ts';
import type { Live } from '../documents/document.ts';
import { ApiError } from '../http/api-error.ts';
import { can } from '../keys/can.ts';
import type { AdminRequest, AdminRoutes } from './admin-route.ts';
import type { AdminServices } from './admin-services.ts';
import { allow } from './allow.ts';
import { pageOf } from './page-of.ts';
import { answerDocument, answerWrite, presentDocument } from './present.ts';
import { replay } from './replay.ts';

const requestAnswer = documentAnswer('ChangeRequest', {
  ...changeRequestBody.shape,
  documents: z.array(z.unknown()).optional().openapi({ description: 'What it would change, as of now.' }),
  refusal: z.unknown().optional().openapi({ description: 'Why it could not be applied now.' }),
});
const requestsQuery = pageQuery.extend({
  state: z.enum(REQUEST_STATES).optional(),
  environment: keyField.optional(),
});
const ofRequest = inProject.extend({ request: z.string().min(1).max(64) });
const PATH = '/projects/{project}/change-requests';

/** Changes that wait for a second person. A write becomes one by `?propose=true`. */
export function addChangeRequests(routes: AdminRoutes, { changeLog }: AdminServices): void {
  const { state } = changeLog;
  const tag = 'Change requests';

  /** One that is there and that whoever asks may see; else it is as if it were not. */
  const found = ({
    params: { project, request },
    credential,
  }: Pick<AdminRequest<{ project: string; request: string }, never, never>, 'params' | 'credential'>) => {
    const document = state.changeRequest(project, request);
    if (document && can(credential, 'read', project, document.environment)) return document;
    throw new ApiError('CHANGE_REQUEST_NOT_FOUND', `There is no change request "${request}" that you may see.`);
  };
  const nameOf = ({ body: { project, id, environment } }: Live<'change-request'>) => ({ project, id, environment });

  routes.add({
    ...{ method: 'get', path: PATH, tag, action: 'read', summary: 'Change requests, the newest first' },
    ...{ params: inProject, query: requestsQuery, answer: listAnswer(requestAnswer) },
    handle({ params: { project }, query, credential }) {
      const matching = [...state.changeRequests(project)].filter(
        ({ body, environment }) =>
          (query.state === undefined || body.state === query.state) &&
          (query.environment === undefined || environment === query.environment) &&
          can(credential, 'read', project, environment),
      );
      // By time, the newest first: the later, the smaller.
      const order = ({ body }: Live<'change-request'>) => `${Number.MAX_SAFE_INTEGER - body.createdAt} ${body.id}`;
      const { items, next } = pageOf(matching, order, query);
      return { json: { items: items.map(presentDocument), next } };
    },
  });

  routes.add({
    ...{ method: 'get', path: `${PATH}/{request}`, tag, action: 'read', params: ofRequest, answer: requestAnswer },
    summary: 'One change request, with what it would change now',
    async handle(request) {
      const document = found(request);
      if (!isOpen(document.body)) return answerDocument(document);
      const { status, body } = await replay(routes.api, document.body, request.credential, { isDryRun: true });
      return answerDocument(document, status === 200 ? { documents: body.documents } : { refusal: body.error });
    },
  });

  routes.add({
    ...{ method: 'post', path: `${PATH}/{request}/approve`, tag, action: 'read', params: ofRequest },
    ...{ summary: 'Agree to what somebody else proposes', body: approveInput, isImmediate: true },
    answer: writeAnswer(requestAnswer),
    async handle(request) {
      const document = found(request);
      allow(request.credential, 'write', document.project, document.environment);
      const { comment = '' } = request.body;
      return answerWrite(changeLog, await request.execute(approveChangeRequest(nameOf(document), comment)));
    },
  });

  routes.add({
    ...{ method: 'post', path: `${PATH}/{request}/reject`, tag, action: 'read', params: ofRequest },
    ...{ summary: 'Say no, with the reason', answer: writeAnswer(requestAnswer), isImmediate: true },
    async handle(request) {
      const document = found(request);
      allow(request.credential, 'write', document.project, document.environment);
      return answerWrite(changeLog, await request.execute(rejectChangeRequest(nameOf(document))));
    },
  });

  routes.add({
    ...{ method: 'post', path: `${PATH}/{request}/withdraw`, tag, action: 'read', params: ofRequest },
    ...{ summary: 'Take back what you proposed', answer: writeAnswer(requestAnswer), isImmediate: true },
    async handle(request) {
      const document = found(request);
      const isOwn = document.body.createdBy.id === request.credential.id;
      if (!isOwn) allow(request.credential, 'manage', document.project, document.environment);
      return answerWrite(changeLog, await request.execute(withdrawChangeRequest(nameOf(document))));
    },
  });

  routes.add({
    ...{ method: 'post', path: `${PATH}/{request}/apply`, tag, action: 'read', params: ofRequest },
    ...{ summary: 'Carry out what was approved, now or at a time', body: applyInput, isImmediate: true },
    answer: writeAnswer(z.looseObject({})),
    async handle(request) {
      const document = found(request);
      const { at } = request.body;
      if (at === undefined) {
        // The routes themselves say whether whoever applies it may do what it does.
        const { status, body } = await replay(routes.api, document.body, request.credential);
        if (status >= 400) throw ApiError.of(body.error);
        return { json: body };
      }
      allow(request.credential, 'operate', document.project, document.environment);
      return answerWrite(changeLog, await request.execute(scheduleChangeRequest(nameOf(document), at)));
    },
  });
}
