import type { Actor } from '../change-log/change.ts';
import type { ChangeLog } from '../change-log/change-log.ts';
import { acceptInvitation, invitationStatus } from '../commands/invitations.ts';
import { createPerson } from '../commands/people.ts';
import { ApiError } from '../http/api-error.ts';
import type { Credential } from '../keys/authenticate.ts';
import { type Grant, knownRole } from '../keys/can.ts';

/** An account of sign-in: what the tables of sign-in and the log know of somebody alike. */
export interface Account {
  readonly id: string;
  readonly email: string;
  readonly name: string;
}

/** The people in the log: who they are, and what they may do. Their secrets are kept by sign-in, under the same id. */
export class People {
  readonly #changeLog: ChangeLog;
  readonly #now: () => number;
  readonly #ssoGrants: readonly Grant[];

  /** @param ssoGrants what somebody may do who comes by single sign-on for the first time, without an invitation */
  constructor(changeLog: ChangeLog, now: () => number, ssoGrants: readonly Grant[]) {
    this.#changeLog = changeLog;
    this.#now = now;
    this.#ssoGrants = ssoGrants;
  }

  /** Whether anybody is there. As long as not, the server is to be set up. */
  get isEmpty(): boolean {
    return [...this.#changeLog.state.people()].length === 0;
  }

  mayComeIn(id: string): boolean {
    const person = this.#changeLog.state.person(id);
    return person !== undefined && (person.body.disabledAt ?? null) === null;
  }

  /** Who somebody is to the rest of the server, as of now; `null`: unknown, or disabled. */
  credential(id: string): Credential | null {
    const person = this.#changeLog.state.person(id)?.body;
    if (!person || !this.mayComeIn(id)) return null;
    const grants = person.grants.map(({ role, project, environment }) => ({
      ...{ role: knownRole(role), project, environment },
    }));
    return { kind: 'person', id, name: person.name || person.email, grants };
  }

  /** @throws ApiError `LINK_INVALID`, `PERSON_EXISTS` */
  async useLink(invitation: string, account: Account): Promise<void> {
    const outcome = await this.#changeLog.execute(acceptInvitation(invitation, account), { actor: asActor(account) });
    if (!outcome.ok) throw ApiError.of(outcome.refusal);
  }

  /** Makes a person of somebody whom the identity provider vouches for; an open invitation for them is used up. */
  async cameBySingleSignOn(account: Account): Promise<void> {
    const { state } = this.#changeLog;
    const invited = [...state.invitations()].find(
      ({ body }) =>
        body.purpose === 'invitation' && body.email === account.email && invitationStatus(body, this.#now()) === 'open',
    );
    if (invited) return this.useLink(invited.id, account);
    const command = createPerson({ ...account, grants: this.#ssoGrants });
    const outcome = await this.#changeLog.execute(command, { actor: asActor(account) });
    if (!outcome.ok) throw ApiError.of(outcome.refusal);
  }
}

function asActor({ id, name, email }: Account): Actor {
  return { kind: 'person', id, name: name || email };
}
