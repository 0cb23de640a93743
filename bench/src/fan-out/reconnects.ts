import { Floor } from './floor.ts';
import { OriginServer } from './origin-server.ts';
import type { StormPlan, StormReport } from './storm.ts';
import { Swarm } from './swarm.ts';
import type { Vitals } from './watch.ts';
import type { WatchedProgram } from './watched-program.ts';

/** A storm, and what it did to the server. */
export interface Storm {
  readonly report: StormReport;
  readonly vitals: Vitals;
  /** While the server lost all its streams at once, before. */
  readonly lost: Vitals;
}

/** Connections are let in as they come. */
const NO_ADMISSION = { DIMMER_STREAMS_PER_SECOND: '1000000' };

const SETTLE_MS = 2_000;
/** By then the server has noticed that all have gone. */
const LOSE_MS = 1_500;

interface Sizes {
  readonly clients: number;
  readonly snapshotBytes: number;
  readonly rounds: number;
}

/** All come back within a second and know nothing, again and again; our server and the bare loop in turns. */
export async function stormWithoutAdmission({ clients, snapshotBytes, rounds }: Sizes) {
  const server = await OriginServer.start({ snapshotBytes, env: NO_ADMISSION });
  const actualBytes = await server.snapshotBytes();
  const floor = await Floor.start(actualBytes);
  const swarm = await Swarm.open(server.streamed, clients);
  const bareSwarm = await Swarm.open(floor.streamed, clients);
  const plan = { clients, headers: {}, firstWithinMs: 1_000 } as const;
  const real: Storm[] = [];
  const bare: Storm[] = [];
  for (let round = 0; round < rounds; round += 1) {
    real.push(await weather(server.program, swarm, plan));
    bare.push(await weather(floor.program, bareSwarm, plan));
  }
  await Promise.all([swarm.close(), bareSwarm.close()]);
  await Promise.all([server.stop(), floor.stop()]);
  return { real, bare, snapshotBytes: actualBytes };
}

/**
 * All come back as SDKs do, to a server as it is by default. While they are away two changes are made, and they say what
 * they have; or, `cold`, they know nothing.
 */
export async function stormOfSdks(sizes: Sizes, kind: 'resuming' | 'cold', firstWithinMs: StormPlan['firstWithinMs']) {
  const { clients, snapshotBytes, rounds } = sizes;
  const server = await OriginServer.start({ snapshotBytes });
  // One stream stays, or nothing would be remembered to resume from.
  const witness = await Swarm.open(server.streamed, 1);
  const swarm = await Swarm.open(server.streamed, clients);
  const storms: Storm[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const id = await server.toggle();
    const resume = async () => {
      for (let count = 0; count < 2; count += 1) await witness.time(() => server.toggle());
    };
    const headers: Record<string, string> = kind === 'resuming' ? { 'Last-Event-ID': id } : {};
    storms.push(await weather(server.program, swarm, { clients, headers, firstWithinMs }, resume));
  }
  await Promise.all([swarm.close(), witness.close()]);
  await server.stop();
  return storms;
}

async function weather(
  program: WatchedProgram,
  swarm: Swarm,
  plan: Omit<StormPlan, 'url'>,
  meanwhile: () => Promise<void> = async () => {},
): Promise<Storm> {
  // What the server lets in at once has come together again.
  await pause(SETTLE_MS);
  const { vitals: lost } = await program.during(async () => {
    await swarm.cut();
    await pause(LOSE_MS);
  });
  await meanwhile();
  const { result, vitals } = await program.during(() => swarm.storm(plan));
  return { report: result, vitals, lost };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
