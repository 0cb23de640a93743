import type { ErrorCode } from './error-codes.ts';

/** Why something is not done, for people and for programs. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly message: string;
  /** What to do about it. */
  readonly fix?: string;
  /** The field at fault, e.g. `rules[2].when[0].values[0]`. */
  readonly path?: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Something that is allowed, and probably not what was meant. */
export interface Warning {
  readonly code: string;
  readonly message: string;
  readonly path?: string;
}
