import type { Fault, FaultOutcome } from './fault.ts';
import { Findings } from './fault.ts';
import { type KillReport, killRounds } from './kill-rounds.ts';

const ROUNDS = { short: 2, long: 500 } as const;
const MOST_START_MS = { short: 10_000, long: 2_000 } as const;

export const killedServer: Fault = {
  id: 'F1',
  sentence: 'kill -9 in the middle of writes loses nothing that was acknowledged, and applications go on deciding',
  async run(size, say) {
    const report = await killRounds({
      rounds: ROUNDS[size],
      applications: 2,
      onRound: (round, acknowledged) => {
        if (round % 50 === 0) say(`${round} kills, ${acknowledged} writes acknowledged`);
      },
    });
    return outcomeOf(report, 'kills', MOST_START_MS[size]);
  },
};

/** What kills amount to, whatever was done to the disk meanwhile. */
export function outcomeOf(report: KillReport, what: string, mostStartMs: number): FaultOutcome {
  const { lost, wrongValues, brokenChains, brokenFiles, unknownIds } = report;
  const { rounds, acknowledged, decisions, failedDecisions, slowestStartMs, convergedAfterMs } = report;
  const findings = new Findings();
  for (const wrong of [...lost, ...wrongValues, ...brokenChains, ...brokenFiles, ...unknownIds])
    findings.expect(false, wrong);
  findings.expect(failedDecisions === 0, `${failedDecisions} decisions fell back to the caller’s default`);
  findings.expect(convergedAfterMs !== null, 'not every application had the newest rules after a minute');
  findings.expectInTime(slowestStartMs <= mostStartMs, `a start took ${slowestStartMs} ms`);
  findings.expect(acknowledged >= rounds, `only ${acknowledged} writes in ${rounds} rounds: nothing has been tried`);
  findings.expect(decisions >= 10 * rounds, `only ${decisions} decisions: nothing has been tried`);
  findings.note(`${decisions} decisions meanwhile, none of them a default`);
  return {
    tried: `${rounds} ${what}, ${acknowledged} writes acknowledged`,
    lost: lost.length + brokenChains.length + brokenFiles.length,
    recoveredInMs: slowestStartMs,
    ...findings,
  };
}
