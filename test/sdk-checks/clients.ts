/** Clients of the real Node SDK, all of which are closed when a test is over. */
import { createClient, type DimmerClient, type NodeOptions } from '@dimmer/node';

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

export async function closeClients(): Promise<void> {
  await Promise.all([...opened].map((flags) => flags.close()));
  opened.clear();
  logged.length = 0;
}

export const stateOf = (flags: DimmerClient): string => flags.status().state;
