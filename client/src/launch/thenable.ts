/** A promise, or what behaves like one. A getter that throws makes it none. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  try {
    return typeof value === 'object' && value !== null && typeof (value as PromiseLike<unknown>).then === 'function';
  } catch {
    return false;
  }
}
