import { type ChangeRequestBody, LIMITS } from '@dimmer/contract';
import { personBehind } from '../access/owner.ts';
import type { Actor } from '../changes/change.ts';
import { type Live, place } from '../documents/document.ts';
import type { State } from '../state/state.ts';
import { accept, type Command } from './command.ts';
import { type Refused, refuse } from './refusal.ts';

/** Requests cleared away in one change, so that the change's length is bounded too. */
const CLEARED_AT_ONCE = 100;

/** Whether somebody may still do something with it. */
export function isOpen({ state }: Pick<ChangeRequestBody, 'state'>): boolean {
  return state === 'open' || state === 'approved' || state === 'scheduled' || state === 'failed';
}

/**
 * Why there is no room for one more open change request, or `null`. Each has a place of their own, tokens beside the
 * person that they belong to: who fills it is in nobody else's way.
 */
export function roomProblem(
  state: State,
  project: string,
  { actor, bytes }: { readonly actor: Actor; readonly bytes: number },
): Refused | null {
  const open = [...state.changeRequests(project)].filter(({ body }) => isOpen(body));
  const who = nameOf(state, actor);
  const own = open.filter(({ body }) => nameOf(state, body.createdBy) === who);
  if (own.length >= LIMITS.openChangeRequestsOfOne || sum(own) + bytes > LIMITS.openChangeRequestBytesOfOne) {
    const most = `${LIMITS.openChangeRequestsOfOne} change requests and ${inMiB(LIMITS.openChangeRequestBytesOfOne)} in a project`;
    return refuse('LIMIT_EXCEEDED', `One person, with their tokens, or one token may have ${most} open.`, {
      fix: 'Apply or withdraw some of yours.',
    });
  }
  if (open.length < LIMITS.openChangeRequests && sum(open) + bytes <= LIMITS.openChangeRequestBytes) return null;
  const most = `${LIMITS.openChangeRequests} change requests and ${inMiB(LIMITS.openChangeRequestBytes)}`;
  return refuse('LIMIT_EXCEEDED', `${most} may be open in a project, and that is the limit.`, {
    fix: 'Apply, reject or withdraw some.',
  });
}

/**
 * Closed change requests of one environment that are past showing, the oldest first; none nearly always. The log goes on
 * saying who proposed and agreed.
 */
export function pastShowing(state: State, project: string): readonly Live<'change-request'>[] {
  const closed = [...state.changeRequests(project)].filter(({ body }) => !isOpen(body));
  const isShown = closed.length <= LIMITS.closedChangeRequests && sum(closed) <= LIMITS.closedChangeRequestBytes;
  if (isShown) return [];
  const newest = closed.sort((one, other) => other.body.createdAt - one.body.createdAt);
  let bytes = 0;
  const kept = newest.findIndex(({ body }, index) => {
    bytes += body.bytes ?? 0;
    return index >= LIMITS.closedChangeRequests || bytes > LIMITS.closedChangeRequestBytes;
  });
  if (kept < 0) return [];
  const past = newest.slice(kept).reverse();
  // One environment at a time: who sees only one reads of no other in its history.
  const environment = past[0]?.environment;
  return past.filter((each) => each.environment === environment).slice(0, CLEARED_AT_ONCE);
}

/** Takes closed change requests out of what is shown. */
export function clearChangeRequests(requests: readonly Live<'change-request'>[]): Command {
  const [first] = requests;
  if (first === undefined) throw new Error('There is nothing to clear away.');
  const { project, id, environment } = first.body;
  const about = place.changeRequest(project, id, environment);
  return {
    name: 'change-request.clear',
    project,
    environment,
    subject: `${requests.length}`,
    about,
    decide(state) {
      const still = requests.filter(({ body }) => {
        const now = state.changeRequest(body.project, body.id)?.body;
        return now !== undefined && !isOpen(now);
      });
      return accept(
        still.map(({ body }) => ({ ...place.changeRequest(body.project, body.id, body.environment), body: null })),
      );
    },
  };
}

function nameOf(state: State, actor: Pick<Actor, 'kind' | 'id'>): string {
  return personBehind(state, actor) ?? `${actor.kind} ${actor.id}`;
}

/** Those of earlier versions do not say, and are bounded by their number alone. */
function sum(requests: readonly Live<'change-request'>[]): number {
  return requests.reduce((bytes, { body }) => bytes + (body.bytes ?? 0), 0);
}

function inMiB(bytes: number): string {
  return `${bytes / 1024 / 1024} MiB`;
}
