/**
 * Many Node SDKs in a process of their own. Told to open (`FleetOrder`), it answers `open` when all have rules; whenever
 * all have applied one more change it answers with the instants at which they did.
 */
import { createClient } from '@dimmer/node';

export interface FleetOrder {
  readonly url: string;
  readonly key: string;
  readonly clients: number;
  readonly name: string;
}

/** `atNs`: of the machine's monotonic clock, which all processes share; one for each client. */
export type FleetMessage =
  | { readonly kind: 'open' }
  | { readonly kind: 'applied'; readonly id: string; readonly atNs: readonly string[] };

// `on`, because a listener is what keeps the process: the SDKs' sockets do not.
process.on('message', (message) => void open(message as FleetOrder));

async function open({ url, key, clients, name }: FleetOrder): Promise<void> {
  const applied = new Map<string, string[]>();
  const all = Array.from({ length: clients }, (_, index) =>
    createClient({ url, key, instance: `${name}-${index}`, application: 'bench', cache: false, logger: false }),
  );
  await Promise.all(all.map((client) => client.ready()));
  for (const client of all) {
    client.on('change', ({ id }) => {
      const atNs = applied.get(id) ?? [];
      applied.set(id, atNs);
      if (atNs.push(String(process.hrtime.bigint())) < clients) return;
      applied.delete(id);
      process.send?.({ kind: 'applied', id, atNs } satisfies FleetMessage);
    });
  }
  process.send?.({ kind: 'open' } satisfies FleetMessage);
}
