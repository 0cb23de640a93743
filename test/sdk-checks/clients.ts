/** Clients of the real Node SDK, all of which are closed when a test is over. */
import { createClient, type DimmerClient, type NodeOptions } from '@dimmer/node';
import { vi } from 'vitest';
import { passUntil } from './stopped-clock.ts';

export const KEY = 'sdk_selector_verysecret';

const opened = new Set<DimmerClient>();

/** What the clients have said in the log since `closeClients`. */
export const logged: string[] = [];
const log = (line: string): void => void logged.push(line);

/** A client that keeps nothing on the disk and logs into `logged`, unless told otherwise. */
export function openClient(url: string, options: Partial<NodeOptions> = {}): DimmerClient {
  const flags = createClient({ url, key: KEY, cache: false, logger: { warn: log, error: log }, ...options });
  opened.add(flags);
  return flags;
}

/** Also while the clock stands: a client gives its last words some seconds, which then have to be let pass. */
export async function closeClients(): Promise<void> {
  let areClosed = false;
  const closing = Promise.all([...opened].map((flags) => flags.close())).then(() => (areClosed = true));
  if (vi.isFakeTimers()) await passUntil(() => areClosed);
  await closing;
  opened.clear();
  logged.length = 0;
}

export const stateOf = (flags: DimmerClient): string => flags.status().state;
