import { Floor } from './floor.ts';
import { OriginServer } from './origin-server.ts';
import { Swarm } from './swarm.ts';
import type { WatchedProgram } from './watched-program.ts';

/** What a server has needed once before, so that it does not count as the streams'. */
const WARM_UP_STREAMS = 100;
/** Every stream has been pinged at least once by then. */
const SETTLE_MS = 20_000;

/** Bytes of resident memory for each idle stream, of a new process, and of the bare loop's. */
export async function measureIdleMemory(
  streams: number,
  env: Readonly<Record<string, string>>,
): Promise<{ readonly real: number; readonly bare: number }> {
  const server = await OriginServer.start({ env });
  const real = await bytesPerStream(server, streams);
  await server.stop();
  const floor = await Floor.start();
  const bare = await bytesPerStream(floor, streams);
  await floor.stop();
  return { real, bare };
}

interface Streaming {
  readonly program: WatchedProgram;
  readonly streamed: { readonly url: string; readonly headers: Readonly<Record<string, string>> };
  toggle(): Promise<unknown>;
}

async function bytesPerStream(server: Streaming, streams: number): Promise<number> {
  const few = await Swarm.open(server.streamed, WARM_UP_STREAMS);
  for (let count = 0; count < 50; count += 1) await few.time(() => server.toggle());
  await few.close();
  const before = await server.program.vitals();
  const swarm = await Swarm.open(server.streamed, streams);
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  const after = await server.program.vitals();
  await swarm.close();
  return (after.rssBytes - before.rssBytes) / streams;
}
