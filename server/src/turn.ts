/** Yields to the event loop: for work that takes more than a few milliseconds. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
