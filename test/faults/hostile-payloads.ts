import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type Fault, Findings } from './fault.ts';
import { FaultStage } from './fault-stage.ts';
import { tryHostileAnswers } from './hostile-answers.ts';
import { tryHostileRequests } from './hostile-requests.ts';
import { tryHostileRules } from './hostile-rules.ts';
import { tryHostileStreams } from './hostile-streams.ts';

const CASES = {
  short: { rules: 100, streams: 40, requests: 100 },
  long: { rules: 30_000, streams: 5_000, requests: 10_000 },
} as const;
const MOST_HEAP_BYTES = 256 * 1024 * 1024;

export const hostilePayloads: Fault = {
  id: 'F24',
  sentence: 'hostile payloads crash and hang neither the SDK nor the server, and the last good rules stay',
  async run(size, say) {
    const findings = new Findings();
    const { rules, streams, requests } = CASES[size];
    const loaded = tryHostileRules(rules, findings);
    say(`${loaded} snapshots, patches and evaluations`);
    const read = await tryHostileStreams(streams, findings);
    say(`${read} streams of bytes`);
    const { tried: answers, recoveredInMs } = await tryHostileAnswers(findings);
    say(`${answers} hostile answers`);
    const stage = await FaultStage.open({ applications: 1, streams: 1 });
    try {
      const sent = await tryHostileRequests(stage, requests, findings);
      say(`${sent} requests`);
      await stage.admin.rollout('flag-0', 7);
      findings.expect((await stage.converged()) !== null, 'a change no longer reaches everybody');
      findings.expect((await stage.admin.verify()).ok, 'the chain is broken');
      const said = stage.server.log.split('\n').filter((line) => /Nobody (caught|awaited)/.test(line));
      for (const line of said) findings.expect(false, `the server says: ${line.slice(0, 300)}`);
      const lost = stage.followers.reduce((sum, follower) => sum + follower.lost, 0);
      findings.expect(lost === 0, `${lost} streams broke`);
      const heap = usedHeap();
      findings.expect(heap <= MOST_HEAP_BYTES, `the heap has ${Math.round(heap / 1024 / 1024)} MiB`);
      return {
        tried: `${loaded} rules and contexts, ${read} streams of bytes, ${answers} hostile answers, ${sent} requests`,
        lost: 0,
        recoveredInMs,
        ...findings,
      };
    } finally {
      await stage.close();
    }
  },
};

/** After a collection: what is garbage is not held. */
function usedHeap(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().heapUsed;
}
