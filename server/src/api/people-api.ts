import {
  documentAnswer,
  grantInput,
  invitationBody,
  inviteInput,
  listAnswer,
  pageQuery,
  personBody,
  updatePersonInput,
  writeAnswer,
} from '@dimmer/contract';
import { z } from '@hono/zod-openapi';
import { createInvitation, type LinkPurpose, revokeInvitation } from '../commands/invitations.ts';
import { invitationStatus, mayEndLink } from '../commands/open-links.ts';
import { setPersonDisabled, updatePerson } from '../commands/people.ts';
import type { Live } from '../documents/document.ts';
import { ApiError } from '../http/api-error.ts';
import { can, type Grant, knownGrants, mayActFor, mayGrant } from '../keys/can.ts';
import { mintLink } from '../keys/link.ts';
import type { AdminRequest, AdminRoutes } from './admin-route.ts';
import type { AdminServices } from './admin-services.ts';
import { pageOf } from './page-of.ts';
import { answerWrite, presentDocument } from './present.ts';

const personAnswer = documentAnswer('Person', {
  ...personBody.shape,
  grants: z.array(grantInput),
  twoFactor: z.boolean().nullable().optional(),
  lastSeenAt: z.number().int().nullable().optional().openapi({ description: 'When they last signed in.' }),
});
const invitationAnswer = documentAnswer('Invitation', {
  ...invitationBody.shape,
  grants: z.array(grantInput),
  status: z.enum(['open', 'used', 'expired', 'revoked']).optional(),
});
const linkAnswer = writeAnswer(invitationAnswer, {
  link: z.string().openapi({ description: 'Works once. It is shown now and never again.' }),
});
const ofPerson = z.object({ person: z.string().min(1).max(128) });
const ofInvitation = z.object({ invitation: z.string().min(1).max(64) });

type Asking<Params> = Pick<AdminRequest<Params, never, never>, 'params' | 'credential'>;

/** People, their roles, and the links by which they come in. */
export function addPeople(routes: AdminRoutes, { changeLog, now, signIn, publicUrl }: AdminServices): void {
  const { state } = changeLog;
  const tag = 'People';

  /**
   * A person all of whose roles whoever asks could hand out: to lock somebody out, or to make them a new password, is
   * to have all that they have.
   */
  const manageable = ({ params, credential }: Asking<{ person: string }>): Live<'person'> => {
    const person = state.person(params.person);
    if (person && knownGrants(person.body).every((grant) => mayGrant(credential, grant)) && managesSome(credential)) {
      return person;
    }
    throw new ApiError('PERSON_NOT_FOUND', `There is no person "${params.person}" whom you may manage.`);
  };

  const allowGrants = (credential: Asking<never>['credential'], grants: readonly Grant[]): void => {
    const lacking = grants.find((grant) => !mayGrant(credential, grant));
    if (!lacking) return;
    const where = lacking.project ?? 'all projects';
    throw new ApiError('FORBIDDEN', `You cannot make somebody ${lacking.role} in ${where}.`, {
      fix: 'You can give what you have yourself, where you are an admin.',
      path: 'grants',
    });
  };

  const link = async (
    purpose: LinkPurpose,
    { page, execute }: Pick<AdminRequest<unknown, unknown, unknown>, 'page' | 'execute'>,
  ) => {
    const minted = mintLink(publicUrl(page));
    return answerWrite(changeLog, await execute(createInvitation(purpose, minted)), { link: minted.url });
  };

  routes.add({
    ...{ method: 'get', path: '/people', tag, action: 'handler decides', summary: 'People whom you may manage' },
    ...{ query: pageQuery, answer: listAnswer(personAnswer) },
    async handle({ query, credential }) {
      allowManaging(credential);
      const { items, next } = pageOf(state.people(), ({ body }) => body.email, query);
      const accounts = await signIn?.accounts(items.map(({ id }) => id));
      return {
        json: { items: items.map((person) => ({ ...presentDocument(person), ...accounts?.get(person.id) })), next },
      };
    },
  });

  routes.add({
    ...{ method: 'patch', path: '/people/{person}', tag, action: 'handler decides' },
    ...{ summary: 'Change a name or roles', params: ofPerson, body: updatePersonInput },
    ...{ answer: writeAnswer(personAnswer), isImmediate: true },
    async handle(request) {
      const { id } = manageable(request);
      allowGrants(request.credential, request.body.grants ?? []);
      return answerWrite(changeLog, await request.execute(updatePerson(id, request.body)));
    },
  });

  for (const act of ['disable', 'enable'] as const) {
    routes.add({
      ...{ method: 'post', path: `/people/{person}/${act}`, tag, action: 'handler decides' },
      summary: act === 'disable' ? 'Lock somebody out, at once and everywhere' : 'Let somebody in again',
      ...{ params: ofPerson, answer: writeAnswer(personAnswer), isImmediate: true },
      async handle(request) {
        const { id } = manageable(request);
        const done = await request.execute(setPersonDisabled(id, act === 'disable'));
        if (act === 'disable') await signIn?.sessions.endAll(id);
        return answerWrite(changeLog, done);
      },
    });
  }

  routes.add({
    ...{ method: 'post', path: '/people/{person}/reset-link', tag, action: 'handler decides' },
    ...{ summary: 'A link by which somebody chooses a new password, without their second factor' },
    ...{ params: ofPerson, answer: linkAnswer, status: 201, isImmediate: true },
    handle(request) {
      const { id, body } = manageable(request);
      if (!mayActFor(request.credential, knownGrants(body))) {
        throw new ApiError(
          'FORBIDDEN',
          'Somebody without a role may be given any: only an admin of everything may do that.',
          {
            fix: 'Give them a role first, or ask an admin of everything.',
          },
        );
      }
      return link({ purpose: 'reset', email: body.email, person: id, grants: [] }, request);
    },
  });

  routes.add({
    ...{ method: 'get', path: '/invitations', tag, action: 'handler decides', summary: 'Links that were made' },
    ...{ query: pageQuery, answer: listAnswer(invitationAnswer) },
    handle({ query, credential }) {
      allowManaging(credential);
      const { items, next } = pageOf(state.invitations(), ({ id }) => id, query);
      const at = now();
      return {
        json: {
          items: items.map((one) => ({ ...presentDocument(one), status: invitationStatus(one.body, at) })),
          next,
        },
      };
    },
  });

  routes.add({
    ...{ method: 'post', path: '/invitations', tag, action: 'handler decides', summary: 'Invite somebody by a link' },
    ...{ body: inviteInput, answer: linkAnswer, status: 201, isImmediate: true },
    handle(request) {
      const { email, grants } = request.body;
      allowManaging(request.credential);
      allowGrants(request.credential, grants);
      return link({ purpose: 'invitation', email, person: null, grants }, request);
    },
  });

  routes.add({
    ...{ method: 'post', path: '/invitations/{invitation}/revoke', tag, action: 'handler decides' },
    ...{ summary: 'End a link', params: ofInvitation, answer: writeAnswer(invitationAnswer), isImmediate: true },
    async handle({ params, credential, execute }) {
      const found = state.invitation(params.invitation);
      if (!found || !mayEndLink(state, credential, found.body)) {
        throw new ApiError('INVITATION_NOT_FOUND', `There is no invitation "${params.invitation}" that you may end.`);
      }
      return answerWrite(changeLog, await execute(revokeInvitation(params.invitation)));
    },
  });
}

/** Whoever is an admin somewhere sees who is there: they have to know whom to give a role. */
function allowManaging(credential: Asking<never>['credential']): void {
  if (managesSome(credential)) return;
  throw new ApiError('FORBIDDEN', 'Only admins see the people of this server.', {
    fix: 'Ask an admin of your project.',
  });
}

function managesSome(credential: Asking<never>['credential']): boolean {
  return credential.grants.some(({ project, environment }) => can(credential, 'manage', project, environment));
}
