/** The long version of `kill.test.ts`: `npm run test:kill -- 200`. */
import { killRounds } from './kill-rounds.ts';
import { discardBundle } from './server-process.ts';

const rounds = Number(process.argv[2] ?? 200);
if (!Number.isInteger(rounds) || rounds < 1) {
  process.stderr.write(`"${process.argv[2]}" is not a number of rounds. Write e.g.: npm run test:kill -- 200\n`);
  process.exit(2);
}

const report = await killRounds({
  rounds,
  applications: 3,
  onRound: (round, acknowledged) => {
    if (round % 10 === 0) process.stdout.write(`${round} rounds, ${acknowledged} writes acknowledged\n`);
  },
}).finally(discardBundle);
for (const [what, value] of Object.entries(report)) process.stdout.write(`${what}: ${JSON.stringify(value)}\n`);

const isGood =
  [...report.lost, ...report.wrongValues, ...report.brokenChains, ...report.brokenFiles, ...report.unknownIds]
    .length === 0 &&
  report.failedDecisions === 0 &&
  report.convergedAfterMs !== null;
process.stdout.write(isGood ? 'Nothing was lost.\n' : 'SOMETHING WAS LOST OR WRONG.\n');
process.exit(isGood ? 0 : 1);
