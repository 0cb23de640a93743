import { LIMITS, type PersonBody, type updatePersonInput, type Warning } from '@dimmer/contract';
import type { z } from 'zod';
import type { Grant } from '../access/can.ts';
import { type Live, place } from '../documents/document.ts';
import { isSameAddress } from '../documents/email-address.ts';
import type { State } from '../state/state.ts';
import { approversLeft } from './approvers.ts';
import { accept, type Command } from './command.ts';
import { findEnvironment, findProject } from './find.ts';
import { endResets } from './open-links.ts';
import { type Refused, refuse } from './refusal.ts';

/** A person who has come in by a link or by single sign-on. The id is that of their account. */
export interface NewPerson {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly grants: readonly Grant[];
}

/** Makes a person. Refuses: `PERSON_EXISTS`, `LIMIT_EXCEEDED`. */
export function createPerson({ id, email, name, grants }: NewPerson): Command {
  const about = place.person(id);
  return {
    name: 'person.create',
    project: null,
    environment: null,
    subject: id,
    about,
    decide(state, { now }) {
      const problem = newPersonProblem(state, email);
      if (problem) return problem;
      return accept([{ ...about, body: personOf({ id, email, name, grants }, now) }]);
    },
  };
}

/** What stands in the way of one more person with this address, or `null`. */
export function newPersonProblem(state: State, email: string): Refused | null {
  if (personWithAddress(state, email)) {
    return refuse('PERSON_EXISTS', `There is somebody with the address ${email} already.`, {
      fix: 'Change their roles instead, or make them a link for a new password.',
      path: 'email',
    });
  }
  if ([...state.people()].length < LIMITS.people) return null;
  return refuse('LIMIT_EXCEEDED', `There are ${LIMITS.people} people, and that is the limit.`);
}

/** The person who has an address, disabled or not. */
export function personWithAddress(state: State, email: string): Live<'person'> | null {
  for (const person of state.people()) if (isSameAddress(person.body.email, email)) return person;
  return null;
}

export function personOf({ id, email, name, grants }: NewPerson, now: number): PersonBody {
  return { id, email, name, grants: [...grants], createdAt: now, disabledAt: null };
}

/** Changes a person's name or roles. Refuses: `PERSON_NOT_FOUND`, `PROJECT_NOT_FOUND`, `LAST_ADMIN`. */
export function updatePerson(id: string, input: z.output<typeof updatePersonInput>): Command {
  const command = editPerson('person.update', id, (state, person) => {
    const missing = grantsProblem(state, input.grants ?? []);
    return missing ?? { ...person.body, ...input };
  });
  return {
    ...command,
    decide(state, facts) {
      const decision = command.decide(state, facts);
      if (!decision.ok || input.grants === undefined) return decision;
      return accept(decision.drafts, [
        ...tokenWarnings(state, id, 'can do no more than these roles allow'),
        ...decision.warnings,
      ]);
    },
  };
}

/** Tokens that do less from now on, by name: something may run on them. */
function tokenWarnings(state: State, person: string, what: string): Warning[] {
  const theirs = [...state.keys()].filter(({ body }) => body.owner === person && body.revokedAt === null);
  if (theirs.length === 0) return [];
  const names = theirs.slice(0, 20).map(({ body }) => body.name || body.selector);
  const message = `Tokens that belong to this person ${what}: ${names.join(', ')}${theirs.length > names.length ? ', …' : ''}.`;
  return [{ code: 'TOKENS_AFFECTED', message }];
}

/**
 * Locks a person out, or lets them in again. Who is locked out loses the links for a new password that wait for them.
 * Refuses: `PERSON_NOT_FOUND`, `LAST_ADMIN`.
 */
export function setPersonDisabled(id: string, isDisabled: boolean): Command {
  const command = editPerson(isDisabled ? 'person.disable' : 'person.enable', id, (_, { body }, now) => ({
    ...body,
    disabledAt: isDisabled ? (body.disabledAt ?? now) : null,
  }));
  return {
    ...command,
    decide(state, facts) {
      const decision = command.decide(state, facts);
      if (!decision.ok || !isDisabled) return decision;
      return accept(
        [...decision.drafts, ...endResets(state, id, facts.now)],
        [...tokenWarnings(state, id, 'stop working'), ...decision.warnings],
      );
    },
  };
}

function editPerson(
  name: string,
  id: string,
  edit: (state: State, person: Live<'person'>, now: number) => PersonBody | Refused,
): Command {
  const about = place.person(id);
  return {
    name,
    project: null,
    environment: null,
    subject: id,
    about,
    decide(state, { now }) {
      const person = state.person(id);
      if (!person) return refuse('PERSON_NOT_FOUND', `There is no person "${id}".`);
      const body = edit(state, person, now);
      if ('refusal' in body) return body;
      if (runsAll(person.body) && !runsAll(body) && !hasOtherAdmin(state, id)) {
        return refuse('LAST_ADMIN', 'This is the only person who is an admin of everything.', {
          fix: 'Make somebody else an admin of all projects first.',
        });
      }
      return accept([{ ...about, body }], approversLeft(state, person.body, body));
    },
  };
}

function hasOtherAdmin(state: State, id: string): boolean {
  return [...state.people()].some((other) => other.id !== id && runsAll(other.body));
}

function runsAll({ grants, disabledAt = null }: PersonBody): boolean {
  return disabledAt === null && grants.some(({ role, project }) => role === 'admin' && project === null);
}

/** Whether every place that roles are for is there. */
export function grantsProblem(state: State, grants: readonly Grant[]): Refused | null {
  for (const { project, environment } of grants) {
    if (project === null) {
      if (environment === null) continue;
      return refuse('PROJECT_NOT_FOUND', 'A role in one environment needs its project as well.', { path: 'grants' });
    }
    const found = environment === null ? findProject(state, project) : findEnvironment(state, project, environment);
    if ('refusal' in found) return found;
  }
  return null;
}
