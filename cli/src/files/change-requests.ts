import type { ApiClient, CallOptions } from '../api-client.ts';
import { sameJson } from '../same-json.ts';
import type { Step } from './plan.ts';

interface ChangeRequest {
  readonly id: string;
  readonly call: {
    readonly method: string;
    readonly path: string;
    readonly body: Readonly<Record<string, unknown>> | null;
  };
}

/** States in which a change request may still be carried out. */
const PENDING = ['open', 'approved', 'scheduled'] as const;

/** Proposes steps, each once: whoever runs an apply again has no second request for the same. */
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
    const same = (await this.#pending).find(({ call }) => isSameCall(call, step));
    if (same) return { changeRequest: same.id, isNew: false };
    const answer = await this.#api.call(step.method, `${step.path}?propose=true`, body, options);
    return { changeRequest: answer.changeRequest.id, isNew: true };
  }

  async #read(): Promise<ChangeRequest[]> {
    const lists = await Promise.all(PENDING.map((state) => this.#api.listInProject('change-requests', { state })));
    return lists.flat();
  }
}

/** The same but for the reason, which may be put in other words. */
function isSameCall({ method, path, body }: ChangeRequest['call'], step: Step): boolean {
  const { reason: _reason, ...asked } = body ?? {};
  return method.toUpperCase() === step.method && path.endsWith(step.path) && sameJson(asked, step.body);
}
