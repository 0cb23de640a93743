import type { ChangeRequestBody } from '@dimmer/contract';
import { can } from '../access/can.ts';
import { credentialOfPerson } from '../access/credential-now.ts';
import { personBehind } from '../access/owner.ts';
import type { Actor } from '../changes/change.ts';
import { type Live, place } from '../documents/document.ts';
import { jsonBytes } from '../json-bytes.ts';
import type { State } from '../state/state.ts';
import { roomProblem } from './change-request-room.ts';
import { accept, type Command } from './command.ts';
import { type Refused, refuse } from './refusal.ts';

const YEAR_MS = 366 * 86_400_000;

type RequestName = Pick<ChangeRequestBody, 'project' | 'id' | 'environment'>;

/** Proposes a change. Refuses: `LIMIT_EXCEEDED`, `REASON_REQUIRED`. */
export function createChangeRequest(
  name: RequestName,
  { title, call }: Pick<ChangeRequestBody, 'title' | 'call'>,
): Command {
  const about = placeOf(name);
  return {
    name: 'change-request.create',
    ...whereOf(name),
    subject: name.id,
    about,
    needsReason: true,
    decide(state, { now, actor, reason }) {
      const bytes = jsonBytes(call);
      const full = roomProblem(state, name.project, { actor, bytes });
      if (full) return full;
      const body: ChangeRequestBody = {
        ...name,
        title,
        reason: reason ?? '',
        call,
        bytes,
        state: 'open',
        createdBy: actor,
        createdAt: now,
        approvals: [],
        applyAt: null,
        scheduledBy: null,
        appliedRevision: null,
        problem: null,
      };
      return accept([{ ...about, body }]);
    },
  };
}

/**
 * Agrees. Refuses: `APPROVAL_OWN` to the person who proposed it, by a token too, and to a machine;
 * `CHANGE_REQUEST_CLOSED`.
 */
export function approveChangeRequest(name: RequestName, comment: string): Command {
  return edit('approve', name, ['open', 'approved', 'scheduled', 'failed'], (body, { actor, now, state }) => {
    // The holder of a token is no second person beside it.
    if (actor.kind !== 'person' || actor.id === personBehind(state, body.createdBy)) {
      return refuse(
        'APPROVAL_OWN',
        'A second person has to agree: not who proposed it, by a token or not, and not a token.',
        {
          fix: 'Ask somebody else who may change flags here.',
        },
      );
    }
    if (body.approvals.some(({ by }) => by.id === actor.id)) return body;
    const stands = body.state === 'open' ? 'approved' : body.state;
    return { ...body, state: stands, approvals: [...body.approvals, { by: actor, at: now, comment }] };
  });
}

/** Says no, with the reason. Refuses: `CHANGE_REQUEST_CLOSED`. */
export function rejectChangeRequest(name: RequestName): Command {
  return {
    ...edit('reject', name, ['open', 'approved', 'scheduled', 'failed'], (body, { reason }) => ({
      ...body,
      state: 'rejected',
      applyAt: null,
      problem: reason,
    })),
    needsReason: true,
  };
}

/** Takes it back. Refuses: `CHANGE_REQUEST_CLOSED`. */
export function withdrawChangeRequest(name: RequestName): Command {
  return edit('withdraw', name, ['open', 'approved', 'scheduled', 'failed'], (body) => ({
    ...body,
    state: 'withdrawn',
    applyAt: null,
  }));
}

/** Has it applied at a time. Refuses: `CHANGE_REQUEST_CLOSED`, `INSTANT_INVALID`. */
export function scheduleChangeRequest(name: RequestName, applyAt: number): Command {
  return edit('schedule', name, ['approved', 'scheduled', 'failed'], (body, { actor, now }) => {
    if (applyAt <= now || applyAt > now + YEAR_MS) {
      return refuse('INSTANT_INVALID', 'The time lies in the past, or more than a year ahead.', {
        fix: 'Send milliseconds since 1970, or leave `at` out to apply it now.',
        path: 'at',
      });
    }
    return { ...body, state: 'scheduled', applyAt, scheduledBy: actor, problem: null };
  });
}

/** Notes that it could not be applied when its time had come. */
export function failChangeRequest(name: RequestName, problem: string): Command {
  return edit('fail', name, ['scheduled'], (body) => ({ ...body, state: 'failed', applyAt: null, problem }));
}

/**
 * The same command, and in the same change the note that the request has been applied: so it is applied once, however
 * many ask for it at the same time. Refuses what the command refuses, `CHANGE_REQUEST_CLOSED`, and `APPROVAL_REQUIRED`
 * if nobody who approved it could do so today: somebody who has left has no say.
 */
export function applyingRequest(name: RequestName, command: Command): Command {
  const about = placeOf(name);
  return {
    ...command,
    decide(state, facts) {
      const found = findOpen(state.changeRequest(name.project, name.id), name, ['approved', 'scheduled', 'failed']);
      if ('refusal' in found) return found;
      if (!found.body.approvals.some(({ by }) => couldStillApprove(state, by.id, name))) {
        return refuse('APPROVAL_REQUIRED', 'Whoever approved this may no longer change flags here.', {
          fix: 'Have somebody else approve it who may.',
        });
      }
      const decision = command.decide(state, facts);
      if (!decision.ok) return decision;
      const body: ChangeRequestBody = {
        ...found.body,
        state: 'applied',
        applyAt: null,
        problem: null,
        appliedRevision: state.head.revision + 1,
      };
      return accept([...decision.drafts, { ...about, body }], decision.warnings);
    },
  };
}

/** Whether somebody is still here and may still change flags where a request is about. */
function couldStillApprove(state: State, person: string, { project, environment }: RequestName): boolean {
  const credential = credentialOfPerson(state, person);
  return credential !== null && can(credential, 'write', project, environment);
}

function edit(
  act: string,
  name: RequestName,
  from: readonly ChangeRequestBody['state'][],
  change: (
    body: ChangeRequestBody,
    facts: { readonly state: State; readonly actor: Actor; readonly now: number; readonly reason: string | null },
  ) => ChangeRequestBody | Refused,
): Command {
  const about = placeOf(name);
  return {
    name: `change-request.${act}`,
    ...whereOf(name),
    subject: name.id,
    about,
    decide(state, facts) {
      const found = findOpen(state.changeRequest(name.project, name.id), name, from);
      if ('refusal' in found) return found;
      const body = change(found.body, { ...facts, state });
      return 'refusal' in body ? body : accept([{ ...about, body }]);
    },
  };
}

function findOpen(
  found: Live<'change-request'> | undefined,
  { id }: RequestName,
  from: readonly ChangeRequestBody['state'][],
): Live<'change-request'> | Refused {
  if (!found) return refuse('CHANGE_REQUEST_NOT_FOUND', `There is no change request "${id}".`);
  if (from.includes(found.body.state)) return found;
  const fix =
    found.body.state === 'open' ? 'It has to be approved first.' : 'Look at it, and propose a new one if need be.';
  return refuse('CHANGE_REQUEST_CLOSED', `This change request is ${found.body.state}.`, { fix });
}

function placeOf({ project, id, environment }: RequestName) {
  return place.changeRequest(project, id, environment);
}

function whereOf({ project, environment }: RequestName) {
  return { project, environment };
}
