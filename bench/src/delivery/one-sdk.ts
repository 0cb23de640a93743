import { createClient } from '@dimmer/node';

interface Toggled {
  readonly url: string;
  readonly key: string;
  toggle(): Promise<unknown>;
}

/** Milliseconds from before each toggle's request until one connected Node SDK tells its listeners. */
export async function timeOneSdk(server: Toggled, toggles: number): Promise<number[]> {
  const client = createClient({ url: server.url, key: server.key, cache: false, logger: false });
  const { ready } = await client.ready();
  if (!ready) throw new Error(`The SDK is not connected: ${JSON.stringify(client.status())}`);
  const samples: number[] = [];
  for (let index = 0; index < toggles; index += 1) {
    const start = performance.now();
    const applied = new Promise<number>((resolve) => {
      const stop = client.on('change', () => {
        stop();
        resolve(performance.now() - start);
      });
    });
    const [tookMs] = await Promise.all([applied, server.toggle()]);
    samples.push(tookMs);
  }
  await client.close();
  return samples;
}
