import type { ChangeRequest } from '@dimmer/contract';
import { isObject, isSameJson } from '@dimmer/core/same-json';
import type { ApiClient, CallOptions } from '../api/api-client.ts';
import type { Step } from '../plan/plan.ts';

/** States in which a change request may still be carried out. */
const PENDING = ['open', 'approved', 'scheduled'] as const;

/** Idempotent: proposes each step once; running an apply again makes no second request for the same. */
export class ChangeRequests {
  readonly #api: ApiClient;
  #pending: Promise<ChangeRequest[]> | undefined;

  constructor(api: ApiClient) {
    this.#api = api;
  }

  async propose(
    step: Step,
    body: Readonly<Record<string, unknown>>,
    options: CallOptions,
  ): Promise<{ changeRequest: string; isNew: boolean }> {
    this.#pending ??= this.#read();
    const same = (await this.#pending).find(({ call }) => isSameCall(call, step, options.ifMatch));
    if (same) return { changeRequest: same.id, isNew: false };
    const answer = await this.#api.propose(step, body, options);
    return { changeRequest: answer.changeRequest.id, isNew: true };
  }

  async #read(): Promise<ChangeRequest[]> {
    const lists = await Promise.all(
      PENDING.map((state) => this.#api.list('GET /projects/{project}/change-requests', {}, { state })),
    );
    return lists.flat();
  }
}

/**
 * The same, of the same version of the document, but for the reason, which may be put in other words. One that was made
 * from an older version would be refused when it is applied, so it does not count.
 */
function isSameCall(call: ChangeRequest['call'], step: Step, ifMatch: number | undefined): boolean {
  const { reason: _reason, ...asked } = call.body ?? {};
  return (
    call.method.toUpperCase() === step.method &&
    call.path === step.path &&
    (call.version ?? undefined) === ifMatch &&
    isSameJson(withoutEmpty(asked), withoutEmpty(step.body))
  );
}

/** The server fills in empty lists where none were sent. */
function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (!isObject(value)) return value;
  const filled = Object.entries(value).filter(([, each]) => !(Array.isArray(each) && each.length === 0));
  return Object.fromEntries(filled.map(([name, each]) => [name, withoutEmpty(each)]));
}
