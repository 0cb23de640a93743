/**
 * A script that is through has often not closed its client, and is over before the next report is due. Node says when
 * nothing is left to do, and waits for what is begun then. It says so neither after `process.exit()` nor after an error.
 * Why: decision 0137.
 */

/** What the clients of this process that are not closed have to send. */
const flushes = new Set<() => Promise<void>>();

/** Each once: what cannot be sent now is not waited for again. */
function flushAll(): void {
  for (const flush of flushes) void flush();
  flushes.clear();
}

/**
 * Calls `flush` when the process has nothing left to do.
 *
 * @returns calls it off
 */
export function flushAtEnd(flush: () => Promise<void>): () => void {
  // One listener for all clients: Node warns of eleven.
  if (!flushes.size && !process.listeners('beforeExit').includes(flushAll)) process.on('beforeExit', flushAll);
  flushes.add(flush);
  return () => {
    flushes.delete(flush);
    if (!flushes.size) process.off('beforeExit', flushAll);
  };
}
