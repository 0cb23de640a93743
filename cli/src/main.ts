import { run } from './program.ts';

// Who pipes into `head` has seen enough.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => process.exit(0));

process.exitCode = await run(
  process.argv.slice(2),
  {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    isInteractive: process.stderr.isTTY === true,
  },
  process.env,
);
