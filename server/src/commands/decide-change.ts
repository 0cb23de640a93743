import type { Warning } from '@dimmer/contract';
import { type Change, type Write, withHash } from '../changes/change.ts';
import { canonicalJson } from '../documents/canonical-json.ts';
import type { Draft } from '../documents/document.ts';
import type { RulesetWeights } from '../encoding/ruleset-weights.ts';
import type { State } from '../state/state.ts';
import { wayOut } from './approvers.ts';
import { checkDrafts } from './checks/check-drafts.ts';
import { approvingEnvironment, protectedEnvironment } from './checks/check-guards.ts';
import { checkWeight } from './checks/check-weight.ts';
import type { Command, Facts } from './command.ts';
import { type Refused, refuse } from './refusal.ts';

// Why: decision 0010.
/** Of the characters of a reason, where more is said behind it. */
const MOST_REASON = 1_800;

/** A command that may be carried out. `change: null`: everything is as asked already. */
interface Decided {
  readonly ok: true;
  readonly change: Change | null;
  readonly warnings: readonly Warning[];
}

/** From command and state to the change that would follow the state's head, checked in every respect. Pure. */
export function decideChange(command: Command, state: State, facts: Facts, weights: RulesetWeights): Decided | Refused {
  if (command.needsReason && facts.reason === null)
    return refuseWithoutReason(`${command.name} always needs a reason.`);
  const decision = command.decide(state, facts);
  if (!decision.ok) return decision;
  const drafts = decision.drafts.filter((draft) => isDifferent(draft, state));
  if (drafts.length === 0) return { ok: true, change: null, warnings: decision.warnings };
  const checked = checkDrafts(state, drafts);
  if ('refusal' in checked) return checked;
  const guarded = facts.reason === null ? protectedEnvironment(state, drafts) : null;
  if (guarded !== null) return refuseWithoutReason(`Environment "${guarded.environment}" is protected.`);
  const approving = command.neverWaits || facts.isApproved ? null : approvingEnvironment(state, drafts);
  const alone = approving === null ? undefined : decision.alone;
  if (approving !== null && alone === undefined) {
    return refuseUnapproved(approving.environment, wayOut(state, approving, facts));
  }
  const weighed = checkWeight(state, weights, drafts);
  if ('refusal' in weighed) return weighed;
  const reason = alone === undefined ? facts.reason : `${facts.reason?.slice(0, MOST_REASON) ?? ''} (${alone})`.trim();
  const change = changeOf(command, drafts, state, { ...facts, reason });
  return { ok: true, change, warnings: [...decision.warnings, ...checked.warnings, ...weighed.warnings] };
}

/** A change says what changed: a draft that is as the document is has no place in it. */
function isDifferent(draft: Draft, state: State): boolean {
  const current = state.document(draft);
  if (!current) return draft.body !== null;
  return current.body !== draft.body && canonicalJson(current.body) !== canonicalJson(draft.body);
}

function changeOf(command: Command, drafts: readonly Draft[], state: State, facts: Facts): Change {
  const writes = drafts.map(({ kind, id, project, environment, body }) => {
    const version = (state.document({ kind, id })?.version ?? 0) + 1;
    return { kind, id, project, environment, version, body } as Write;
  });
  return withHash({
    revision: state.head.revision + 1,
    at: facts.now,
    actor: facts.actor,
    command: command.name,
    project: command.project,
    environment: command.environment,
    subject: command.subject,
    reason: facts.reason,
    writes,
    prevHash: state.head.hash,
  });
}

function refuseUnapproved(environment: string, way: string | null): Refused {
  const message = `Environment "${environment}" wants a second person to agree to this.`;
  return refuse('APPROVAL_REQUIRED', message, {
    fix:
      way ??
      'Send the same with ?propose=true and a reason: it becomes a change request, which somebody else approves.',
    details: { environment, nobodyElse: way !== null },
  });
}

function refuseWithoutReason(message: string): Refused {
  return refuse('REASON_REQUIRED', message, { fix: 'Send "reason": why you do it.', path: 'reason' });
}
