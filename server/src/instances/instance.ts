import type { Audience } from '@dimmer/core';
import type { RollCall } from './roll-call.ts';

/** Who connects, as it names itself. Unverified: for people to read, never for a decision. */
export interface Identity {
  readonly instance: string | null;
  readonly application: string | null;
  readonly sdk: string | null;
  /**
   * A random name of one SDK client, new at each start: replicas that are configured alike are told apart by it. SDKs of
   * before have none; of those each stream counts, and a receipt is one client's.
   */
  readonly client?: string | null;
  /** False: it will never say what it has applied, as most browsers do not. Default true. */
  readonly sendsReceipts?: boolean;
}

/** An SDK client somewhere, or a relay, as this server knows it. Times are ms since 1970. */
export interface Instance extends Required<Identity> {
  readonly audience: Audience;
  /** Streams open now; two for a moment while it reconnects, or where several clients of before have one name. */
  readonly streams: number;
  readonly connectedAt: number | null;
  readonly disconnectedAt: number | null;
  /** The id that it last said to have applied. */
  readonly appliedId: string | null;
  readonly appliedAt: number | null;
  /** How long after the change, in ms, as it reports. */
  readonly delayMs: number | null;
  /** The id by which it last said to have evaluated, and until when. */
  readonly evaluatedId: string | null;
  readonly evaluatedAt: number | null;
  /** Of a relay: who is connected to it, and how far they are. */
  readonly rollCall: RollCall | null;
  readonly rollCallAt: number | null;
  /** When it last asked for the rules without a stream. */
  readonly polledAt: number | null;
  /** The longest time between two times that it asked, ms; `null`: it has asked once, so that is not known. */
  readonly pollGapMs: number | null;
  /** When it said that it ends; `null` if it has not, or has come back. */
  readonly leftAt: number | null;
  /** What it last could not take, and why; over as soon as it has applied something later. */
  readonly failure: Failure | null;
  /** Of a relay that has gone: how many were connected to it. */
  readonly lostBelow: number | null;
  /** When it last told of others who are connected to it, by a key that anybody has, and was not believed. */
  readonly unprovenAt: number | null;
}

/** What an instance says besides receipts. */
export type Word = Pick<Instance, 'polledAt' | 'pollGapMs' | 'leftAt' | 'failure' | 'lostBelow' | 'unprovenAt'>;

/** For an instance that has reported nothing yet. */
export const NO_WORD: Word = {
  polledAt: null,
  pollGapMs: null,
  leftAt: null,
  failure: null,
  lostBelow: null,
  unprovenAt: null,
};

/** An SDK's word that it cannot take a ruleset, or the server's that it cannot be given one. */
export interface Failure {
  /** The ruleset that was due. */
  readonly id: string;
  readonly at: number;
  readonly message: string;
}

/** SDKs of ours that poll ask every 30 or 60 s ± 10 %. */
const POLLS_WITHIN_MS = 75_000;
/** Others ask as often as they like: until so many times their longest pause they may be there. */
const POLLS_LATE = 1.25;

/** One that has gone is known for so long: it may go on with old rules, and somebody on call wants its name. */
export const REMEMBER_MS = 10 * 60_000;

/** Whether somebody is there: by a stream, or because it asks for the rules from time to time. */
export function isPresent({ streams, polledAt, pollGapMs, leftAt }: Instance, now: number): boolean {
  return streams > 0 || (polledAt !== null && leftAt === null && now - polledAt <= asksWithinMs(pollGapMs));
}

function asksWithinMs(pollGapMs: number | null): number {
  return Math.max(POLLS_WITHIN_MS, (pollGapMs ?? 0) * POLLS_LATE);
}

/** When somebody who is not there was last heard of; 0 if never. */
export function lastSeenAt({ disconnectedAt, polledAt, evaluatedAt }: Instance): number {
  return Math.max(disconnectedAt ?? 0, polledAt ?? 0, evaluatedAt ?? 0);
}

/**
 * Until when somebody who does not count as there may have been all the same. Who streamed was gone with the stream. Who
 * polls is there between two polls, unseen: by its own rhythm; and if it has asked once only, for as long as it is known.
 */
export function thereUntil(instance: Instance): number {
  const { polledAt, pollGapMs, disconnectedAt } = instance;
  const seenAt = lastSeenAt(instance);
  if (polledAt === null || polledAt < (disconnectedAt ?? 0)) return seenAt;
  return Math.max(seenAt, polledAt + (pollGapMs === null ? REMEMBER_MS : asksWithinMs(pollGapMs)));
}

/** Why somebody cannot take what is due; `null` if it can, as far as is known. */
export function failureOf({ failure, appliedAt }: Instance): Failure | null {
  return failure !== null && failure.at >= (appliedAt ?? 0) ? failure : null;
}

/** An SDK's word that it has applied an id. */
export interface Receipt {
  readonly id: string;
  readonly delayMs?: number | undefined;
}

/** The name by which an instance is known: browser keys are public, and their holders must not speak for a server. */
export function nameOf(audience: Audience, instance: string, client: string | null = null): string {
  return client === null ? `${audience}=${instance}` : `${audience}=${instance}#${client}`;
}
