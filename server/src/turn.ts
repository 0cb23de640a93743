/** Lets others have the event loop, for whoever has more to do than fits in a few milliseconds. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
