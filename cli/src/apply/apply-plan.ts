import type { ApiClient } from '../api/api-client.ts';
import { type Plan, type Step, whereRefused } from '../plan/plan.ts';
import { CommandProblem, Refusal } from '../text/exit-codes.ts';
import { ChangeRequests } from './change-requests.ts';

/** The outcome of one step. */
export type Done =
  | { readonly kind: 'applied'; readonly step: Step; readonly revision: number }
  /** Everything was as asked already. */
  | { readonly kind: 'unchanged'; readonly step: Step }
  | { readonly kind: 'proposed'; readonly step: Step; readonly changeRequest: string; readonly isNew: boolean }
  /** It stands on what is only proposed. */
  | { readonly kind: 'waiting'; readonly step: Step; readonly on: string };

/** How far an apply has come. */
export interface Applied {
  readonly done: readonly Done[];
  /** Not even tried. */
  readonly left: readonly Step[];
  /** Why it ended before its end. The step in question is neither done nor left. */
  readonly stopped?: { readonly step: Step; readonly problem: CommandProblem };
}

interface ApplyOptions {
  readonly reason: string | undefined;
  readonly propose: boolean;
  readonly onDone: (done: Done) => void;
}

/**
 * Applies a plan, step by step, and stops at the first refusal. Each write names the version that the plan was made
 * from, so whatever somebody else has changed since is refused rather than overwritten.
 */
export async function applyPlan(api: ApiClient, { steps }: Plan, options: ApplyOptions): Promise<Applied> {
  const requests = new ChangeRequests(api);
  const versions = new Map<string, number>();
  const proposed = new Map<string, string>();
  const done: Done[] = [];
  for (const [index, step] of steps.entries()) {
    try {
      const result = await carryOut(api, step, { versions, proposed, requests, options });
      if (result.kind === 'proposed' || result.kind === 'waiting') proposed.set(step.document, step.what);
      done.push(result);
      options.onDone(result);
    } catch (error) {
      if (!(error instanceof CommandProblem)) throw error;
      return { done, left: steps.slice(index + 1), stopped: { step, problem: located(error, step) } };
    }
  }
  return { done, left: [] };
}

interface Progress {
  /** Of documents that this apply has written. */
  readonly versions: Map<string, number>;
  /** What was proposed, or waits itself, by document. */
  readonly proposed: Map<string, string>;
  readonly requests: ChangeRequests;
  readonly options: ApplyOptions;
}

async function carryOut(
  api: ApiClient,
  step: Step,
  { versions, proposed, requests, options: { reason, propose } }: Progress,
): Promise<Done> {
  const missing = [step.document, ...step.needs].find((each) => proposed.has(each));
  const on = missing === undefined ? step.needsAll && [...proposed.values()][0] : proposed.get(missing);
  if (on) return { kind: 'waiting', step, on };
  const body = { ...step.body, ...(reason !== undefined && { reason }) };
  const version = versions.get(step.document) ?? step.version;
  const options = version === null ? {} : { ifMatch: version };
  try {
    const answer = await api.carryOut(step, body, options);
    if (answer.document) versions.set(step.document, answer.document.version);
    return answer.changed ? { kind: 'applied', step, revision: answer.revision } : { kind: 'unchanged', step };
  } catch (error) {
    if (!propose || !(error instanceof Refusal) || error.code !== 'APPROVAL_REQUIRED') throw error;
    return { kind: 'proposed', step, ...(await requests.propose(step, body, options)) };
  }
}

/** The same problem, with the line that it is about. */
function located(problem: CommandProblem, step: Step): CommandProblem {
  if (!(problem instanceof Refusal)) return problem;
  const { code, said, fix, path, exitCode } = problem;
  return new Refusal(exitCode, { code, said: `${whereRefused(step, path)}${said}`, fix, path });
}
