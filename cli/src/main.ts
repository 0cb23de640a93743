import { run } from './program.ts';

/** As shells have it. */
const INTERRUPTED = 130;

// Who pipes into `head` has seen enough.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => process.exit(0));

process.exitCode = await run(
  process.argv.slice(2),
  {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    isInteractive: process.stderr.isTTY === true,
    ...(process.stdin.isTTY && process.stderr.isTTY && { ask }),
  },
  process.env,
);

/** Who presses Ctrl-D has said nothing. */
async function ask(question: string, kind?: 'secret'): Promise<string> {
  const [{ createInterface }, { Writable }] = await Promise.all([import('node:readline'), import('node:stream')]);
  const unseen = new Writable({ write: (_chunk, _encoding, done) => done() });
  if (kind === 'secret') process.stderr.write(question);
  const output = kind === 'secret' ? unseen : process.stderr;
  const lines = createInterface({ input: process.stdin, output, terminal: true });
  lines.on('SIGINT', () => process.exit(INTERRUPTED));
  const answer = await new Promise<string>((resolve) => {
    lines.on('close', () => resolve(''));
    lines.question(question, resolve);
  });
  lines.close();
  if (kind === 'secret') process.stderr.write('\n');
  return answer;
}
