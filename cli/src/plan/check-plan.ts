import { type ApiClient, inParallel } from '../api/api-client.ts';
import { Refusal } from '../text/exit-codes.ts';
import { progress, type Terminal } from '../text/output.ts';
import { type Plan, type Step, whereRefused } from './plan.ts';

/** Placeholder for the reason that an apply will have to give. Dry runs leave no trace of it. */
const REASON_OF_A_PLAN = 'plan';

/** What the server says of a step, asked without doing it. */
type Verdict =
  | { readonly kind: 'accepted'; readonly warnings: readonly string[]; readonly needsReason?: boolean }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string; readonly fix: string | undefined }
  /** Somebody has to approve it. */
  | { readonly kind: 'needs approval' }
  /** It stands on steps before it, so it cannot be asked about yet. */
  | { readonly kind: 'later' }
  /** The server cannot be asked: it is too old. */
  | { readonly kind: 'unknown' };

/** A step, and what the server says of it. */
export interface CheckedStep extends Step {
  readonly verdict: Verdict;
}

/** A plan that the server has been asked about. */
export interface CheckedPlan extends Plan {
  readonly steps: readonly CheckedStep[];
}

/** Asks the server about every step that can be judged by itself, in dry runs. */
export async function checkPlan(
  api: ApiClient,
  plan: Plan,
  reason: string | undefined,
  terminal: Terminal,
): Promise<CheckedPlan> {
  const verdicts = await inParallel(
    plan.steps,
    async (step): Promise<Verdict> => (mustWait(step, plan.steps) ? { kind: 'later' } : ask(api, step, reason)),
    (done) => progress(terminal, `Asking about ${done} of ${plan.steps.length} … `),
  );
  progress(terminal, '');
  return { ...plan, steps: plan.steps.map((step, index) => ({ ...step, verdict: verdicts[index] as Verdict })) };
}

/** Whether a step stands on others of the plan that come before it. */
function mustWait(step: Step, steps: readonly Step[]): boolean {
  const before = steps.slice(0, steps.indexOf(step));
  if (step.needsAll) return before.length > 0;
  return before.some(({ document }) => document === step.document || step.needs.includes(document));
}

async function ask(api: ApiClient, step: Step, reason: string | undefined): Promise<Verdict> {
  try {
    return await dryRun(api, step, reason);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { code, said, fix, path } = error;
    // What was sent is right; the server does not know dry runs.
    if (code === 'QUERY_INVALID') return { kind: 'unknown' };
    if (code === 'APPROVAL_REQUIRED') return { kind: 'needs approval' };
    if (code === 'REASON_REQUIRED' && reason === undefined) {
      const verdict = await ask(api, step, REASON_OF_A_PLAN);
      return verdict.kind === 'accepted' ? { ...verdict, needsReason: true } : verdict;
    }
    return { kind: 'refused', code, message: `${whereRefused(step, path)}${said}`, fix };
  }
}

async function dryRun(api: ApiClient, step: Step, reason: string | undefined): Promise<Verdict> {
  const body = { ...step.body, ...(reason !== undefined && { reason }) };
  const options = step.version === null ? {} : { ifMatch: step.version };
  const answer = await api.dryRun(step, body, options);
  return { kind: 'accepted', warnings: (answer.warnings ?? []).map(({ message }) => message) };
}
