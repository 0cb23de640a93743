import type { EnvironmentBody, PersonBody, Warning } from '@dimmer/contract';
import { can, knownGrants } from '../access/can.ts';
import { personBehind } from '../access/owner.ts';
import type { State } from '../state/state.ts';
import type { Facts } from './command.ts';
import { type Refused, refuse } from './refusal.ts';

// Why: decision 0134.
interface Place {
  readonly project: string;
  readonly environment: string;
}

/** Names of those who may agree to a change there, without somebody; no more than are asked for. */
function approversIn(
  state: State,
  { project, environment }: Place,
  { but = null, most = 2 }: { readonly but?: string | null; readonly most?: number } = {},
): string[] {
  const found: string[] = [];
  for (const { body } of state.people()) {
    if (body.id === but || !mayApprove(body, project, environment)) continue;
    found.push(body.name || body.email);
    if (found.length >= most) break;
  }
  return found;
}

function mayApprove(person: PersonBody, project: string, environment: string): boolean {
  return (person.disabledAt ?? null) === null && can({ grants: knownGrants(person) }, 'write', project, environment);
}

/**
 * What stands against wanting a second person where nobody could be one: a person would lock themselves out. A token
 * that belongs to nobody can invite somebody at any time, and is warned only.
 */
export function approvalProblem(
  state: State,
  at: Place,
  { actor }: Pick<Facts, 'actor'>,
): Refused | { readonly warnings: readonly Warning[] } {
  const person = personBehind(state, actor);
  const others = approversIn(state, at, { but: person });
  if (person !== null && others.length === 0) {
    return refuse('APPROVER_MISSING', `Nobody but you could agree to a change in "${at.environment}".`, {
      fix: INVITE,
      path: 'approvals',
    });
  }
  const [all, [one]] = [approversIn(state, at), others];
  if (all.length > 1) return { warnings: [] };
  const message =
    one === undefined
      ? `Nobody could agree to a change in "${at.environment}" now. ${INVITE}`
      : `Only ${one} could agree to a change in "${at.environment}", and to none of their own. ${INVITE}`;
  return { warnings: [{ code: 'APPROVER_MISSING', message }] };
}

/** Where too few are left to agree, if somebody goes or may do less. */
export function approversLeft(state: State, before: PersonBody, after: PersonBody): Warning[] {
  const warnings: Warning[] = [];
  for (const { body: project } of state.projects()) {
    for (const { body: environment } of state.environments(project.key)) {
      const at = { project: project.key, environment: environment.key };
      if (!wantsApproval(environment) || !mayApprove(before, at.project, at.environment)) continue;
      if (mayApprove(after, at.project, at.environment)) continue;
      const [one, another] = approversIn(state, at, { but: before.id });
      if (another !== undefined) continue;
      const left =
        one === undefined
          ? 'nobody is left who could agree to a change'
          : `only ${one} is left who could agree to a change, and to none of their own`;
      warnings.push({ code: 'APPROVER_MISSING', message: `In ${at.project}, ${at.environment}, ${left}. ${INVITE}` });
      if (warnings.length >= MOST_WARNINGS) return warnings;
    }
  }
  return warnings;
}

/** The fix in a refusal for want of approval, if there is nobody to give one. */
export function wayOut(state: State, at: Place, { actor }: Pick<Facts, 'actor'>): string | null {
  const person = personBehind(state, actor);
  if (approversIn(state, at, { but: person, most: 1 }).length > 0) return null;
  const self = person === null ? undefined : state.person(person)?.body;
  if (!self || !mayApprove(self, at.project, at.environment))
    return `Nobody could agree to it now. ${INVITE} Then propose it.`;
  return `Nobody but you could agree to it now. ${INVITE} Or propose it with an admin token that belongs to nobody (of the first start, or DIMMER_ADMIN_TOKEN), and approve that yourself.`;
}

export function wantsApproval({ approvals = 0 }: Pick<EnvironmentBody, 'approvals'>): boolean {
  return approvals > 0;
}

const MOST_WARNINGS = 10;
const INVITE =
  'Invite somebody who may change flags there, as an editor or admin: People, Invite, or POST /api/v1/invitations.';
