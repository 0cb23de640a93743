/** `npm run demo`: the process. What it is made of stands in `demo.ts`. */
import { Demo } from './demo.ts';
import { readOptions, USAGE } from './options.ts';

const read = readOptions(process.argv.slice(2), process.env);
if (!read.ok) {
  process.stderr.write(`${read.problem}\n\n${USAGE}\n`);
  process.exit(2);
}

const demo = new Demo(read.options);
const opening = demo.open();

/** Waits for the start, so that Ctrl-C in the middle of it leaves no server behind. */
function close(): void {
  void opening.catch(() => undefined).then(() => demo.close());
}
process.on('SIGINT', close);
process.on('SIGTERM', close);

try {
  await opening;
} catch (error) {
  process.stderr.write(`The demo cannot start. ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
  close();
}
