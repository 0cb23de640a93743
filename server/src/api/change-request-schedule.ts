import type { ChangeRequestBody } from '@dimmer/contract';
import { credentialNow } from '../access/credential-now.ts';
import type { ChangeLog } from '../change-log/change-log.ts';
import type { Actor } from '../changes/change.ts';
import { clearChangeRequests, pastShowing } from '../commands/change-request-room.ts';
import { failChangeRequest } from '../commands/change-requests.ts';
import type { Live } from '../documents/document.ts';
import type { Logger } from '../logger.ts';
import { type Answers, replay } from './replay.ts';

const LOOK_MS = 1_000;
const ACTOR: Actor = { kind: 'system', id: 'schedule', name: 'schedule' };

interface Terms {
  readonly changeLog: ChangeLog;
  readonly answers: Answers;
  readonly now: () => number;
  readonly logger: Logger;
  /** Whether this server, of all on one database, does a work at the moment. */
  readonly isOurs: (work: string) => Promise<boolean>;
}

/**
 * Applies approved change requests when they are due, with the rights of the person who scheduled them, and clears
 * closed ones away that are past showing.
 */
export class ChangeRequestSchedule {
  readonly #terms: Terms;
  readonly #timer: NodeJS.Timeout;
  #isBusy = false;

  constructor(terms: Terms) {
    this.#terms = terms;
    this.#timer = setInterval(() => void this.look(), LOOK_MS).unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** Applies whatever is due. */
  async look(): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    try {
      const due = this.#due();
      const past = this.#past();
      if (due.length + past.length > 0 && (await this.#terms.isOurs('apply change requests'))) {
        for (const request of due) await this.#apply(request);
        for (const requests of past)
          await this.#terms.changeLog.execute(clearChangeRequests(requests), { actor: ACTOR });
      }
    } catch (error) {
      // The database is away. What is due stays due.
      this.#terms.logger.warn('Change requests that are due could not be applied yet', { error: String(error) });
    } finally {
      this.#isBusy = false;
    }
  }

  #due(): ChangeRequestBody[] {
    const { changeLog, now } = this.#terms;
    const { state } = changeLog;
    return [...state.projects()]
      .flatMap(({ body }) => [...state.changeRequests(body.key)])
      .map(({ body }) => body)
      .filter(({ state: stands, applyAt }) => stands === 'scheduled' && applyAt !== null && applyAt <= now());
  }

  /** Closed ones that are past showing, by project. */
  #past(): (readonly Live<'change-request'>[])[] {
    const { state } = this.#terms.changeLog;
    return [...state.projects()].map(({ body }) => pastShowing(state, body.key)).filter(({ length }) => length > 0);
  }

  async #apply(request: ChangeRequestBody): Promise<void> {
    const { changeLog, answers, now, logger } = this.#terms;
    const by = request.scheduledBy && credentialNow(changeLog.state, request.scheduledBy, now());
    if (by === null) return this.#fail(request, 'Whoever scheduled it may no longer come in.');
    const replayed = await replay(answers, request, by);
    if (replayed.ok) return logger.info('A change request was applied at its time', { id: request.id });
    // The database is away, or busy: its time has come and stays so.
    if (replayed.status >= 500) return;
    return this.#fail(request, replayed.refusal.message);
  }

  async #fail({ project, id, environment }: ChangeRequestBody, problem: string): Promise<void> {
    const { changeLog, logger } = this.#terms;
    logger.warn('A change request could not be applied at its time', { id, problem });
    await changeLog.execute(failChangeRequest({ project, id, environment }, problem.slice(0, 2_000)), {
      actor: ACTOR,
    });
  }
}
