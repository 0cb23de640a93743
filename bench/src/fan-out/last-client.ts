import { Floor } from './floor.ts';
import type { OriginServer } from './origin-server.ts';
import { Swarm } from './swarm.ts';

/** Toggles after which the other server has its turn. */
const TURN = 10;
const WARM_UP = 20;

interface Turns {
  /** From the request until the last stream has the change. */
  readonly ms: number[];
  /** CPU time of the server for each stream and change, of each turn. What others do on the machine matters least here. */
  readonly cpuUs: number[];
}

export interface LastClient {
  readonly real: Turns;
  readonly bare: Turns;
  /** Evaluation requests that were answered while a change was on its way to all streams, ms, by rounds. */
  readonly evaluations: readonly (readonly number[])[];
  /** The same requests while nothing else happens, after each round. */
  readonly evaluationsAlone: readonly (readonly number[])[];
}

/** Our server and the bare loop in turns, each with streams of its own, so that a slow moment meets both. */
export async function timeLastClient(server: OriginServer, streams: number, toggles: number): Promise<LastClient> {
  const floor = await Floor.start();
  const swarm = await Swarm.open(server.streamed, streams);
  const bareSwarm = await Swarm.open(floor.streamed, streams);
  const real: Turns = { ms: [], cpuUs: [] };
  const bare: Turns = { ms: [], cpuUs: [] };
  for (let done = 0; done < WARM_UP + toggles; done += TURN) {
    await takeTurn(server, swarm, streams, real);
    await takeTurn(floor, bareSwarm, streams, bare);
  }
  await bareSwarm.close();
  await floor.stop();

  const evaluations: number[][] = [];
  const evaluationsAlone: number[][] = [];
  for (let done = 0; done < toggles; done += TURN) {
    const during: number[] = [];
    for (let index = 0; index < TURN; index += 1) during.push(...(await evaluateDuring(server, swarm)));
    evaluations.push(during);
    evaluationsAlone.push(await evaluateAlone(server, during.length));
  }
  await swarm.close();
  return { real: warm(real), bare: warm(bare), evaluations, evaluationsAlone };
}

async function takeTurn(server: OriginServer | Floor, swarm: Swarm, streams: number, turns: Turns): Promise<void> {
  const { vitals } = await server.program.during(async () => {
    for (let index = 0; index < TURN; index += 1) turns.ms.push(await swarm.time(() => server.toggle()));
  });
  turns.cpuUs.push((vitals.cpuMs * 1_000) / (TURN * streams));
}

function warm({ ms, cpuUs }: Turns): Turns {
  return { ms: ms.slice(WARM_UP), cpuUs: cpuUs.slice(WARM_UP / TURN) };
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

async function evaluateAlone(server: OriginServer, times: number): Promise<number[]> {
  const evaluator = server.evaluator();
  const samples: number[] = [];
  while (samples.length < times) samples.push(await timed(evaluator));
  evaluator.close();
  return samples;
}

async function timed(evaluator: { evaluate(): Promise<string> }): Promise<number> {
  const start = performance.now();
  await evaluator.evaluate();
  return performance.now() - start;
}
