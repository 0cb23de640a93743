import { Agent, get } from 'node:http';
import { median } from '../measure.ts';
import { OriginServer } from './origin-server.ts';
import { Swarm } from './swarm.ts';

/** What a new client costs who gets a large ruleset one way or the other. */
export interface Ways {
  readonly bytes: number;
  readonly gzipBytes: number;
  /** CPU of the server for each client, ms: the whole ruleset on the stream. */
  readonly streamedMs: number;
  /** The same: a stream with nothing but the id, and the compressed ruleset by a request of its own. */
  readonly fetchedMs: number;
}

/** A thousand clients that know nothing, by both ways in turns. */
export async function compareWays(snapshotBytes: number, clients: number, rounds: number): Promise<Ways> {
  const server = await OriginServer.start({ snapshotBytes, env: { DIMMER_STREAMS_PER_SECOND: '1000000' } });
  const bytes = await server.snapshotBytes();
  const id = await server.toggle();
  const swarm = await Swarm.open(server.streamed, clients);
  const storm = async (headers: Readonly<Record<string, string>>) => {
    await swarm.cut();
    const { vitals } = await server.program.during(() => swarm.storm({ clients, headers, firstWithinMs: 1_000 }));
    return vitals.cpuMs / clients;
  };
  const streamed: number[] = [];
  const fetched: number[] = [];
  let gzipBytes = 0;
  for (let round = 0; round < rounds; round += 1) {
    streamed.push(await storm({}));
    const idOnlyMs = await storm({ 'Last-Event-ID': id });
    const { result, vitals } = await server.program.during(() => fetchAll(server, clients));
    gzipBytes = result / clients;
    fetched.push(idOnlyMs + vitals.cpuMs / clients);
  }
  await swarm.close();
  await server.stop();
  return { bytes, gzipBytes, streamedMs: median(streamed), fetchedMs: median(fetched) };
}

/** Each on a connection of its own, as clients that have just started. Answers how many bytes came. */
async function fetchAll(server: OriginServer, clients: number): Promise<number> {
  const agent = new Agent({ keepAlive: false, maxSockets: 50 });
  const headers = { ...server.authorization, 'Accept-Encoding': 'gzip' };
  const sizes = Array.from(
    { length: clients },
    () =>
      new Promise<number>((resolve, reject) => {
        get(`${server.url}/sdk/v1/ruleset`, { agent, headers }, (response) => {
          let bytes = 0;
          response.on('data', (chunk: Buffer) => {
            bytes += chunk.length;
          });
          response.on('end', () => resolve(bytes));
        }).on('error', reject);
      }),
  );
  return (await Promise.all(sizes)).reduce((sum, bytes) => sum + bytes, 0);
}
