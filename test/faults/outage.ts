import type { Findings } from './fault.ts';
import type { FaultStage } from './fault-stage.ts';
import { isAcknowledged, type SteadyWriter } from './steady-writer.ts';
import { pause, waitUntil } from './waiting.ts';

/** From the first refused write until the server says that it cannot write. */
const NOTICED_MS = 1_000;
const RECOVERED_MS = 5_000;
const FIRST_REFUSAL_MS = 20_000;
/** Acknowledged before it begins, so that there is something to lose. */
const WELL_WRITES = 20;

interface OutageOptions {
  readonly stage: FaultStage;
  readonly writer: SteadyWriter;
  readonly findings: Findings;
  /** For messages. */
  readonly name: string;
  /** Statuses that a write may have meanwhile. */
  readonly statuses: readonly number[];
  /** Words of the reason that readiness gives. */
  readonly reason: string;
  /** How long it lasts after the first refused write. */
  readonly lastsMs: number;
  readonly begin: () => Promise<void> | void;
  /** Makes all well again; `null`: nobody does, and the server is to be killed meanwhile. */
  readonly end: (() => Promise<void> | void) | null;
}

/**
 * Takes the disk away from a running server for a while: every write from then on is refused, readiness says so within a
 * second, reads and streams go on as if nothing were, and it recovers by itself.
 *
 * @returns from the end of the outage to the first acknowledged write, ms; 0 if there is no end
 */
export async function outage(options: OutageOptions): Promise<number> {
  const { stage, writer, findings, name, statuses, lastsMs } = options;
  const lostBefore = stage.followers.reduce((sum, { lost }) => sum + lost, 0);
  stage.watch.start();
  writer.start();
  const enough = writer.acknowledged.length + WELL_WRITES;
  await waitUntil(() => writer.acknowledged.length >= enough, FIRST_REFUSAL_MS);
  await options.begin();
  const refused = await waitUntil(() => lastStatus(writer) !== 200, FIRST_REFUSAL_MS);
  findings.expect(refused !== null, `${name}: writes go on being acknowledged`);
  const refusedFrom = writer.attempts.findLastIndex(isAcknowledged) + 1;
  const noticed = await stage.until('degraded', 10 * NOTICED_MS);
  findings.expect(noticed !== null, `${name}: readiness does not say so`);
  findings.expectInTime(Number(noticed) <= NOTICED_MS, `${name}: readiness says so after ${noticed} ms`);
  const { reason, writes } = await stage.readiness();
  findings.expect(reason.includes(options.reason), `${name}: the reason is "${reason}"`);
  findings.expect(writes === 503, `${name}: /health/ready?for=writes answers ${writes}`);
  await pause(lastsMs);
  const meanwhile = writer.attempts.slice(refusedFrom);
  for (const { status, code } of meanwhile)
    findings.expect(statuses.includes(status), `${name}: a write was answered ${status} ${code ?? ''}`);

  const endedAt = performance.now();
  await options.end?.();
  let recoveredInMs = 0;
  if (options.end !== null) {
    await waitUntil(() => writer.since(endedAt).some(isAcknowledged), 4 * RECOVERED_MS);
    const first = writer.since(endedAt).find(isAcknowledged);
    recoveredInMs = first ? Math.round(first.answeredAtMs - endedAt) : Number.POSITIVE_INFINITY;
    findings.expect(first !== undefined, `${name}: no write succeeds after it`);
    findings.expectInTime(
      recoveredInMs <= RECOVERED_MS,
      `${name}: the first write succeeds ${recoveredInMs} ms after it`,
    );
    const ready = await stage.until('ready', RECOVERED_MS);
    findings.expect(ready !== null, `${name}: readiness is not back after ${RECOVERED_MS} ms`);
  }
  await stage.watch.stop();
  await writer.stop();
  for (const failure of stage.watch.failures.splice(0)) findings.expect(false, `${name}: ${failure}`);
  const lost = stage.followers.reduce((sum, follower) => sum + follower.lost, 0) - lostBefore;
  findings.expect(lost === 0, `${name}: ${lost} streams broke`);
  return recoveredInMs;
}

function lastStatus({ attempts }: SteadyWriter): number | undefined {
  return attempts.at(-1)?.status;
}
