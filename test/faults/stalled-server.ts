import { type Fault, Findings } from './fault.ts';
import { FaultStage } from './fault-stage.ts';
import { pause } from './waiting.ts';

const SIZES = {
  short: { rounds: 1, stallMs: 1_500, applications: 5, streams: 5 },
  long: { rounds: 10, stallMs: 5_000, applications: 100, streams: 100 },
} as const;

export const stalledServer: Fault = {
  id: 'F23',
  sentence: 'a server that does nothing for 5 s loses no client, and nobody connects anew',
  async run(size, say) {
    const { rounds, stallMs, applications, streams } = SIZES[size];
    const findings = new Findings();
    const stage = await FaultStage.open({ applications, streams });
    let states = 0;
    const forget = stage.applications.map((application) =>
      application.onState(() => {
        states += 1;
      }),
    );
    let recoveredInMs = 0;
    try {
      const pid = stage.server.pid as number;
      for (let round = 1; round <= rounds; round += 1) {
        process.kill(pid, 'SIGSTOP');
        // Asked for while nobody answers; it is carried out when the server goes on.
        const write = stage.admin.rollout('flag-0', round);
        await pause(stallMs);
        process.kill(pid, 'SIGCONT');
        const from = performance.now();
        await write;
        const took = await stage.converged();
        findings.expect(took !== null, `round ${round}: not everybody has the change that was asked for meanwhile`);
        recoveredInMs = Math.max(recoveredInMs, Math.round(performance.now() - from));
        say(`round ${round}: everybody has the change ${Math.round(performance.now() - from)} ms after the stall`);
      }
      const broken = stage.brokenStreams;
      findings.expect(broken === 0, `${broken} streams without an SDK broke`);
      findings.expect(states === 0, `the SDKs changed their state ${states} times`);
      const failed = stage.applications.reduce((sum, { failures }) => sum + failures, 0);
      findings.expect(failed === 0, `${failed} decisions fell back to the caller’s default`);
      return {
        tried: `${rounds} × ${stallMs / 1_000} s, ${applications} SDKs and ${streams} streams`,
        lost: broken + states,
        recoveredInMs,
        ...findings,
      };
    } finally {
      for (const end of forget) end();
      await stage.close();
    }
  },
};
