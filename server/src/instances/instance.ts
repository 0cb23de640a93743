import type { Audience } from '@dimmer/core';
import type { RollCall } from './roll-call.ts';

/** Who connects, by their own word. Anybody may say anything: it is for people to read, never for a decision. */
export interface Identity {
  readonly instance: string | null;
  readonly application: string | null;
  readonly sdk: string | null;
  /** False: it will never say what it has applied, as most browsers do not. Default true. */
  readonly sendsReceipts?: boolean;
}

/** An SDK client somewhere, or a relay, as this server knows it. Times are ms since 1970. */
export interface Instance extends Required<Identity> {
  readonly audience: Audience;
  /** Streams open now; two for a moment while it reconnects. */
  readonly streams: number;
  readonly connectedAt: number | null;
  readonly disconnectedAt: number | null;
  /** The id that it last said to have applied. */
  readonly appliedId: string | null;
  readonly appliedAt: number | null;
  /** How long after the change, in ms, by its own word. */
  readonly delayMs: number | null;
  /** The id by which it last said to have evaluated, and until when. */
  readonly evaluatedId: string | null;
  readonly evaluatedAt: number | null;
  /** Of a relay: who is connected to it, and how far they are. */
  readonly rollCall: RollCall | null;
  readonly rollCallAt: number | null;
}

/** An SDK's word that it has applied an id. */
export interface Receipt {
  readonly id: string;
  readonly delayMs?: number | undefined;
}

/** The name by which an instance is known: browser keys are public, and whoever has one must not speak for a server. */
export function nameOf(audience: Audience, instance: string): string {
  return `${audience}=${instance}`;
}

/** The revision in an id; 0 if it is none. */
export function revisionIn(id: string): number {
  return Number.parseInt(id, 10) || 0;
}
