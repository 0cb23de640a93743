import type { ChangeRequestBody, DryRun, Proposal } from '@dimmer/contract';
import type { Acting } from '../access/acting.ts';
import type { Credential } from '../access/authenticate.ts';
import type { ChangeLog, Outcome, PreviewOutcome, Request } from '../change-log/change-log.ts';
import { newId } from '../change-log/new-id.ts';
import type { Actor } from '../changes/change.ts';
import { applyingRequest, createChangeRequest } from '../commands/change-requests.ts';
import type { Command } from '../commands/command.ts';
import type { Live } from '../documents/document.ts';
import { ApiError } from '../http/api-error.ts';
import { presentBody, presentDocument } from './present.ts';

export type Done = Extract<Outcome, { ok: true }>;
type Previewed = Extract<PreviewOutcome, { ok: true }>;

/** How a write is to be taken: carried out, looked at, or proposed. */
export type Mode = 'execute' | 'preview' | 'propose';

interface Terms {
  readonly changeLog: ChangeLog;
  readonly credential: Credential;
  readonly mode: Mode;
  readonly reason: string | undefined;
  readonly expectedVersion: number | undefined;
  /** The request as it came, for a proposal. */
  readonly call: ChangeRequestBody['call'];
  /** Set when an approved change request is carried out. */
  readonly acting: Acting | undefined;
}

/** Takes the command of one request, in the way that the request asks for. */
export class CarryOut {
  readonly #terms: Terms;
  #done: Done | null = null;
  #previewed: { readonly command: Command; readonly outcome: Previewed } | null = null;

  constructor(terms: Terms) {
    this.#terms = terms;
  }

  get mode(): Mode {
    return this.#terms.mode;
  }

  /** What was carried out last. */
  get done(): Done | null {
    return this.#done;
  }

  /** @throws ApiError with the refusal, if it is refused */
  async execute(command: Command): Promise<Done> {
    const { changeLog, credential, mode, reason, expectedVersion, acting } = this.#terms;
    const request: Request = {
      actor: actorOf(credential),
      reason,
      expectedVersion,
      // Who proposes asks for approval, so the want of it is no reason to refuse.
      isApproved: acting !== undefined || mode === 'propose',
    };
    if (mode !== 'execute') {
      const outcome = await changeLog.preview(command, request);
      if (!outcome.ok) throw ApiError.of(outcome.refusal);
      this.#previewed = { command, outcome };
      return outcome;
    }
    const carriedOut = acting ? applyingRequest(acting.request, command) : command;
    const outcome = await changeLog.execute(carriedOut, request);
    if (!outcome.ok) throw ApiError.of(outcome.refusal);
    this.#done = outcome;
    return outcome;
  }

  /** What a dry run answers: each document as it is and as it would be. */
  previewAnswer(): DryRun {
    const { outcome } = this.#previewed ?? {};
    return {
      dryRun: true,
      changed: (outcome?.change ?? null) !== null,
      warnings: outcome?.warnings ?? [],
      documents: (outcome?.documents ?? []).map(({ write, before }) => ({
        kind: write.kind,
        id: write.id,
        before: presentBody(write.kind, before),
        after: presentBody(write.kind, write.body),
      })),
    };
  }

  /** Makes the change request that was asked for. */
  async propose(): Promise<Proposal> {
    const { changeLog, credential, reason, call } = this.#terms;
    const { command, outcome } = this.#previewed ?? {};
    if (!command || !outcome?.change) {
      throw new ApiError('NOTHING_TO_CHANGE', 'Everything is as asked already, so there is nothing to propose.');
    }
    const { project, environment, subject, name } = command;
    if (project === null || !changeLog.state.project(project)) {
      throw new ApiError('QUERY_INVALID', 'Only what belongs to a project can be proposed.');
    }
    const about = { project, environment, id: newId() };
    const made = await changeLog.execute(createChangeRequest(about, { title: `${name} ${subject}`, call }), {
      actor: actorOf(credential),
      reason,
    });
    if (!made.ok) throw ApiError.of(made.refusal);
    const { document, change } = made;
    if (document?.kind !== 'change-request' || document.body === null || change === null)
      throw new Error('Whoever proposes makes a change request.');
    return { changeRequest: presentDocument(document as Live<'change-request'>), revision: change.revision };
  }
}

/** Who stands in the log for somebody. */
export function actorOf({ kind, id, name }: Credential): Actor {
  return { kind: kind === 'person' ? 'person' : 'token', id, name };
}
