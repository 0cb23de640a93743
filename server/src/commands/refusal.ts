import type { ErrorCode, Refusal } from '@dimmer/contract';

export interface Refused {
  readonly ok: false;
  readonly refusal: Refusal;
}

/** The negative outcome of a decision. */
export function refuse(code: ErrorCode, message: string, more: Omit<Refusal, 'code' | 'message'> = {}): Refused {
  return { ok: false, refusal: { code, message, ...more } };
}
