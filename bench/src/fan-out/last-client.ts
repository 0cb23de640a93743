import { Floor } from './floor.ts';
import type { OriginServer } from './origin-server.ts';
import { Swarm } from './swarm.ts';

/** Toggles after which the other server has its turn. */
const TURN = 10;
const WARM_UP = 20;

export interface LastClient {
  /** From the request until the last stream has the change, ms. */
  readonly real: readonly number[];
  readonly bare: readonly number[];
  /** Evaluation requests that were answered while a change was on its way to all streams, ms. */
  readonly evaluations: readonly number[];
  /** The same requests while nothing else happens. */
  readonly evaluationsAlone: readonly number[];
}

/** Our server and the bare loop in turns, each with streams of its own, so that a slow moment meets both. */
export async function timeLastClient(server: OriginServer, streams: number, toggles: number): Promise<LastClient> {
  const floor = await Floor.start();
  const swarm = await Swarm.open(server.streamed, streams);
  const bareSwarm = await Swarm.open(floor.streamed, streams);
  const real: number[] = [];
  const bare: number[] = [];
  for (let done = 0; done < WARM_UP + toggles; done += TURN) {
    for (let index = 0; index < TURN; index += 1) real.push(await swarm.time(() => server.toggle()));
    for (let index = 0; index < TURN; index += 1) bare.push(await bareSwarm.time(() => floor.toggle()));
  }
  await bareSwarm.close();
  await floor.stop();

  const evaluations: number[] = [];
  for (let done = 0; done < toggles; done += 1) evaluations.push(...(await evaluateDuring(server, swarm)));
  const evaluator = server.evaluator();
  const evaluationsAlone: number[] = [];
  while (evaluationsAlone.length < evaluations.length) evaluationsAlone.push(await timed(evaluator));
  evaluator.close();
  await swarm.close();
  return { real: real.slice(WARM_UP), bare: bare.slice(WARM_UP), evaluations, evaluationsAlone };
}

/** One request after another, from the toggle's acknowledgement until the last stream has the change. */
async function evaluateDuring(server: OriginServer, swarm: Swarm): Promise<number[]> {
  const evaluator = server.evaluator();
  // The connection is there before.
  await evaluator.evaluate();
  const samples: number[] = [];
  let isUnderWay = true;
  const ask = async () => {
    while (isUnderWay) samples.push(await timed(evaluator));
  };
  let asking: Promise<void> | null = null;
  await swarm.time(async () => {
    await server.toggle();
    asking = ask();
  });
  isUnderWay = false;
  await asking;
  evaluator.close();
  return samples;
}

async function timed(evaluator: { evaluate(): Promise<string> }): Promise<number> {
  const start = performance.now();
  await evaluator.evaluate();
  return performance.now() - start;
}
