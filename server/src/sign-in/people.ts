import { LIMITS } from '@dimmer/contract';
import type { Credential } from '../access/authenticate.ts';
import type { Grant } from '../access/can.ts';
import { credentialOfPerson } from '../access/credential-now.ts';
import type { ChangeLog } from '../change-log/change-log.ts';
import type { Actor } from '../changes/change.ts';
import { acceptInvitation, revokeResets } from '../commands/invitations.ts';
import { invitationStatus } from '../commands/open-links.ts';
import { createPerson, personWithAddress } from '../commands/people.ts';
import { emailAddress, isSameAddress } from '../documents/email-address.ts';
import { ApiError } from '../http/api-error.ts';

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

  /** Whether there is such a person, disabled or not. */
  knows(id: string): boolean {
    return this.#changeLog.state.person(id) !== undefined;
  }

  /** Who has an address, disabled or not; `null`: nobody. */
  idOf(email: string): string | null {
    return personWithAddress(this.#changeLog.state, email)?.id ?? null;
  }

  mayComeIn(id: string): boolean {
    return this.credential(id) !== null;
  }

  /** Who somebody is to the rest of the server, as of now; `null`: unknown, or disabled. */
  credential(id: string): Credential | null {
    return credentialOfPerson(this.#changeLog.state, id);
  }

  /**
   * @param settles the name of the new password that a link sets
   * @throws ApiError `LINK_INVALID`, `PERSON_EXISTS`
   */
  async useLink(invitation: string, account: Account, settles?: string): Promise<void> {
    const command = acceptInvitation(invitation, account, settles);
    const outcome = await this.#changeLog.execute(command, { actor: asActor(account) });
    if (!outcome.ok) throw ApiError.of(outcome.refusal);
  }

  /** Somebody has chosen a new password: links for another one that lie about are over. */
  async endResets({ id, name, email }: Account): Promise<void> {
    const outcome = await this.#changeLog.execute(revokeResets(id), { actor: asActor({ id, name, email }) });
    if (!outcome.ok) throw ApiError.of(outcome.refusal);
  }

  /**
   * Makes a person of somebody whom the identity provider vouches for. An open invitation for their address is used up,
   * if the provider says that it has made sure that the address is theirs.
   */
  async cameBySingleSignOn({
    id,
    email: given,
    name,
    emailVerified,
  }: Account & { emailVerified: boolean }): Promise<void> {
    const email = emailAddress(given);
    const account = { id, email, name: (name || email).slice(0, LIMITS.nameCharacters) };
    if (emailVerified && (await this.#useInvitation(account))) return;
    const command = createPerson({ ...account, grants: this.#ssoGrants });
    const outcome = await this.#changeLog.execute(command, { actor: asActor(account) });
    if (!outcome.ok) throw ApiError.of(outcome.refusal);
  }

  async #useInvitation(account: Account): Promise<boolean> {
    const { state } = this.#changeLog;
    const invited = [...state.invitations()].filter(
      ({ body }) =>
        body.purpose === 'invitation' &&
        isSameAddress(body.email, account.email) &&
        invitationStatus(body, this.#now()) === 'open',
    );
    for (const { id } of invited) {
      const outcome = await this.#changeLog.execute(acceptInvitation(id, account), { actor: asActor(account) });
      if (outcome.ok) return true;
    }
    return false;
  }
}

function asActor({ id, name, email }: Account): Actor {
  return { kind: 'person', id, name: name || email };
}
