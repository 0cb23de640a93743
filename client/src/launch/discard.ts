/** Letting go of a result that nobody will read: a body that is left unread keeps its connection busy. */

/** What of a stream, a body or a message of Node's is asked for here. */
interface Unread {
  readonly body?: unknown;
  readonly bodyUsed?: unknown;
  readonly locked?: unknown;
  readonly cancel?: unknown;
  readonly destroy?: unknown;
  readonly pipe?: unknown;
}

/** Cancels a `Response`, a `ReadableStream` or a stream of Node's that nobody has begun to read. Never throws. */
export function discard(value: unknown): void {
  try {
    if (typeof value !== 'object' || value === null) return;
    const { body, bodyUsed, locked, cancel, destroy, pipe } = value as Unread;
    if (bodyUsed === false && typeof body === 'object') discard(body);
    else if (locked === false && typeof cancel === 'function') Promise.resolve(cancel.call(value)).catch(() => {});
    else if (typeof destroy === 'function' && typeof pipe === 'function') destroy.call(value);
  } catch {
    // Somebody else's getter or stream: it is theirs then.
  }
}
