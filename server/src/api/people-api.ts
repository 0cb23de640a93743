import { inviteInput, peopleRoutes } from '@dimmer/contract';
import { can, type Grant, knownGrants, mayActFor, mayGrant } from '../access/can.ts';
import { mintLink } from '../access/link.ts';
import { createInvitation, type LinkPurpose, revokeInvitation } from '../commands/invitations.ts';
import { invitationStatus, mayEndLink } from '../commands/open-links.ts';
import { setPersonDisabled, updatePerson } from '../commands/people.ts';
import type { Live } from '../documents/document.ts';
import { emailField } from '../documents/email-address.ts';
import { ApiError } from '../http/api-error.ts';
import type { AdminRequest, AdminRoutes } from './admin-route.ts';
import type { AdminServices } from './admin-services.ts';
import { pageOf } from './page-of.ts';
import { answerWrite, presentDocument } from './present.ts';

type Asking<Params> = Pick<AdminRequest<Params, never, never>, 'params' | 'credential'>;

/** People, their roles, and the links by which they come in. */
export function addPeople(routes: AdminRoutes, { changeLog, now, signIn, publicUrl }: AdminServices): void {
  const { state } = changeLog;

  /**
   * A person all of whose roles the caller could hand out: to lock somebody out, or to make them a new password, is
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
    return answerWrite(changeLog, await execute(createInvitation(purpose, minted)), 'invitation', { link: minted.url });
  };

  routes.add(peopleRoutes.listPeople, {
    action: 'handler decides',
    async handle({ query, credential }) {
      allowManaging(credential);
      const { items, next } = pageOf(state.people(), ({ body }) => body.email, query);
      const accounts = await signIn?.accounts(items.map(({ id }) => id));
      return {
        json: { items: items.map((person) => ({ ...presentDocument(person), ...accounts?.get(person.id) })), next },
      };
    },
  });

  routes.add(peopleRoutes.updatePerson, {
    action: 'handler decides',
    async handle(request) {
      const { id } = manageable(request);
      allowGrants(request.credential, request.body.grants ?? []);
      return answerWrite(changeLog, await request.execute(updatePerson(id, request.body)), 'person');
    },
  });

  for (const isDisabled of [true, false]) {
    routes.add(peopleRoutes[isDisabled ? 'disablePerson' : 'enablePerson'], {
      action: 'handler decides',
      async handle(request) {
        const { id } = manageable(request);
        const done = await request.execute(setPersonDisabled(id, isDisabled));
        if (isDisabled) await signIn?.sessions.endAll(id);
        return answerWrite(changeLog, done, 'person');
      },
    });
  }

  routes.add(peopleRoutes.createResetLink, {
    action: 'handler decides',
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

  routes.add(peopleRoutes.listInvitations, {
    action: 'handler decides',
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

  routes.add(peopleRoutes.createInvitation, {
    action: 'handler decides',
    body: inviteInput.extend({ email: emailField }),
    handle(request) {
      const { email, grants } = request.body;
      allowManaging(request.credential);
      allowGrants(request.credential, grants);
      return link({ purpose: 'invitation', email, person: null, grants }, request);
    },
  });

  routes.add(peopleRoutes.revokeInvitation, {
    action: 'handler decides',
    async handle({ params, credential, execute }) {
      const found = state.invitation(params.invitation);
      if (!found || !mayEndLink(state, credential, found.body)) {
        throw new ApiError('INVITATION_NOT_FOUND', `There is no invitation "${params.invitation}" that you may end.`);
      }
      return answerWrite(changeLog, await execute(revokeInvitation(params.invitation)), 'invitation');
    },
  });
}

/** Admins of anything see all people: they have to know whom to give a role. */
function allowManaging(credential: Asking<never>['credential']): void {
  if (managesSome(credential)) return;
  throw new ApiError('FORBIDDEN', 'Only admins see the people of this server.', {
    fix: 'Ask an admin of your project.',
  });
}

function managesSome(credential: Asking<never>['credential']): boolean {
  return credential.grants.some(({ project, environment }) => can(credential, 'manage', project, environment));
}
