import type { ErrorCode, Refusal } from '@dimmer/contract';

/** Thrown by handlers; answered as JSON with the status that the contract gives its code. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly refusal: Refusal;

  constructor(code: ErrorCode, message: string, more: Omit<Refusal, 'code' | 'message'> = {}) {
    super(message);
    this.refusal = { code, message, ...more };
  }

  static of({ code, message, ...more }: Refusal): ApiError {
    return new ApiError(code, message, more);
  }
}
