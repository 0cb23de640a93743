import { type AnswerOf, changeRequestRoutes, type DryRun } from '@dimmer/contract';
import { can } from '../access/can.ts';
import { isOpen } from '../commands/change-request-room.ts';
import {
  approveChangeRequest,
  rejectChangeRequest,
  scheduleChangeRequest,
  withdrawChangeRequest,
} from '../commands/change-requests.ts';
import type { Live } from '../documents/document.ts';
import { ApiError } from '../http/api-error.ts';
import type { AdminRequest, AdminRoutes, Reply } from './admin-route.ts';
import type { AdminServices } from './admin-services.ts';
import { allow } from './allow.ts';
import { pageOf } from './page-of.ts';
import { answerDocument, answerWrite, presentDocument } from './present.ts';
import { replay } from './replay.ts';

/** What the write is answered that a change request holds. */
type Applied = AnswerOf<typeof changeRequestRoutes.applyChangeRequest>;

/** Changes that wait for a second person. A write becomes one by `?propose=true`. */
export function addChangeRequests(routes: AdminRoutes, { changeLog }: AdminServices): void {
  const { state } = changeLog;

  /** One that is there and that the caller may see; else it is as if it were not. */
  const found = ({
    params: { project, request },
    credential,
  }: Pick<AdminRequest<{ project: string; request: string }, never, never>, 'params' | 'credential'>) => {
    const document = state.changeRequest(project, request);
    if (document && can(credential, 'read', project, document.environment)) return document;
    throw new ApiError('CHANGE_REQUEST_NOT_FOUND', `There is no change request "${request}" that you may see.`);
  };
  const nameOf = ({ body: { project, id, environment } }: Live<'change-request'>) => ({ project, id, environment });

  routes.add(changeRequestRoutes.listChangeRequests, {
    action: 'read',
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

  routes.add(changeRequestRoutes.getChangeRequest, {
    action: 'read',
    async handle(request) {
      const document = found(request);
      if (!isOpen(document.body)) return answerDocument(document);
      const dryRun = { isDryRun: true };
      const replayed = await replay<DryRun>(routes.api, document.body, request.credential, dryRun);
      if (!replayed.ok) return answerDocument(document, { refusal: replayed.refusal });
      return answerDocument(document, { documents: replayed.answer.documents });
    },
  });

  routes.add(changeRequestRoutes.approveChangeRequest, {
    action: 'read',
    async handle(request) {
      const document = found(request);
      allow(request.credential, 'write', document.project, document.environment);
      const { comment = '' } = request.body;
      return answerWrite(
        changeLog,
        await request.execute(approveChangeRequest(nameOf(document), comment)),
        'change-request',
      );
    },
  });

  routes.add(changeRequestRoutes.rejectChangeRequest, {
    action: 'read',
    async handle(request) {
      const document = found(request);
      allow(request.credential, 'write', document.project, document.environment);
      return answerWrite(changeLog, await request.execute(rejectChangeRequest(nameOf(document))), 'change-request');
    },
  });

  routes.add(changeRequestRoutes.withdrawChangeRequest, {
    action: 'read',
    async handle(request) {
      const document = found(request);
      const isOwn = document.body.createdBy.id === request.credential.id;
      if (!isOwn) allow(request.credential, 'manage', document.project, document.environment);
      return answerWrite(changeLog, await request.execute(withdrawChangeRequest(nameOf(document))), 'change-request');
    },
  });

  routes.add(changeRequestRoutes.applyChangeRequest, {
    action: 'read',
    async handle(request): Promise<Reply<Applied>> {
      const document = found(request);
      const { at } = request.body;
      if (at === undefined) {
        // The routes themselves say whether the person who applies it may do what it does.
        const replayed = await replay<Applied>(routes.api, document.body, request.credential);
        if (!replayed.ok) throw ApiError.of(replayed.refusal);
        return { json: replayed.answer };
      }
      allow(request.credential, 'operate', document.project, document.environment);
      return answerWrite(
        changeLog,
        await request.execute(scheduleChangeRequest(nameOf(document), at)),
        'change-request',
      );
    },
  });
}
