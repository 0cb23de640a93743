import { DiskFault, type FailingCall } from './disk-fault.ts';
import { type Fault, Findings } from './fault.ts';
import { FaultStage } from './fault-stage.ts';
import { outage } from './outage.ts';
import { SteadyWriter } from './steady-writer.ts';

const ROUNDS = { short: 1, long: 20 } as const;
const LASTS_MS = { short: 300, long: 1_500 } as const;

interface Broken extends FailingCall {
  readonly name: string;
  readonly status: number;
  readonly reason: string;
}

const BROKEN: readonly Broken[] = [
  { name: 'fsync fails', calls: 'fsync,fdatasync', error: 'EIO', status: 503, reason: 'cannot be written' },
  { name: 'no space left', calls: 'pwrite64', error: 'ENOSPC', status: 507, reason: 'disk is full' },
  { name: 'writing fails', calls: 'pwrite64', error: 'EIO', status: 503, reason: 'cannot be written' },
];

export const failingDisk: Fault = {
  id: 'F3',
  sentence: 'a disk that fails to sync or to write acknowledges nothing, and streams and reads go on',
  missing: () => DiskFault.missing(),
  async run(size, say) {
    const findings = new Findings();
    const stage = await FaultStage.open({ applications: size === 'long' ? 1 : 0, streams: 3 });
    const writer = new SteadyWriter('flag-0', stage.admin);
    let recoveredInMs = 0;
    let lost = 0;
    let turnedUp = 0;
    let fault: DiskFault | null = null;
    try {
      for (let round = 1; round <= ROUNDS[size]; round += 1) {
        for (const broken of BROKEN) {
          // By turns: mended while the server runs, or the server is killed while it is broken.
          const isMended = round % 2 === 1;
          const name = `${broken.name}, round ${round}`;
          const tookMs = await outage({
            stage,
            writer,
            findings,
            name,
            lastsMs: LASTS_MS[size],
            statuses: [broken.status],
            reason: broken.reason,
            begin: async () => {
              fault = await DiskFault.begin(stage.server.pid as number, broken);
            },
            end: isMended ? () => fault?.end() : null,
          });
          recoveredInMs = Math.max(recoveredInMs, tookMs);
          if (isMended) continue;
          const settled = await stage.settle(writer, findings);
          lost += settled.lost;
          turnedUp += await refusedAndThere(stage, writer);
        }
        say(`round ${round}: ${writer.attempts.length} writes, ${writer.acknowledged.length} acknowledged`);
      }
      const { lost: atLast } = await stage.settle(writer, findings);
      const refused = writer.attempts.length - writer.acknowledged.length;
      findings.note(`${stage.watch.tried} reads and new streams meanwhile, the slowest ${stage.watch.slowestMs} ms`);
      findings.expect(turnedUp === 0, `${turnedUp} refused writes are there after the server was killed`);
      return {
        tried: `${ROUNDS[size]} × ${BROKEN.map(({ name }) => name).join(', ')}; ${refused} writes refused`,
        lost: lost + atLast,
        recoveredInMs,
        ...findings,
      };
    } finally {
      await (fault as DiskFault | null)?.end();
      await stage.close();
    }
  },
};

/** 1 if the flag has what a write asked for that was refused after the last acknowledged one. */
async function refusedAndThere({ admin }: FaultStage, writer: SteadyWriter): Promise<number> {
  const parts = await admin.partsOn(writer.flag);
  return parts === writer.acknowledged.at(-1)?.parts ? 0 : 1;
}
