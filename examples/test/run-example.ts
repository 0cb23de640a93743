/** A worked example, run to its end beside a server of its own. */
import { tooSlowFor } from '../../test/patience.ts';
import { builtExample } from './built-examples.ts';
import { ExampleServer } from './example-server.ts';
import { RunningExample } from './running-example.ts';

/** Less than a test may take, which would not say how far it had come. They wait for conditions, however long that is. */
const TOO_LONG_MS = 240_000;

/**
 * Lets an example run to its end.
 *
 * @param name its folder
 * @param programs those of its files that it starts, without `.ts`
 * @returns all that it has printed
 */
export async function runExample(name: string, ...programs: readonly string[]): Promise<string> {
  const server = await ExampleServer.start();
  const example = new RunningExample(await builtExample(name, programs), server.variables());
  let isTooLong = false;
  const tooLong = setTimeout(() => {
    isTooLong = true;
    void example.stop();
  }, TOO_LONG_MS);
  try {
    const code = await example.ended();
    if (isTooLong)
      throw new Error(tooSlowFor(`${name} had ended, which has printed so far:\n${example.output}`, TOO_LONG_MS));
    if (code !== 0) throw new Error(`${name} ended with ${code}:\n${example.output}`);
    return example.output;
  } finally {
    clearTimeout(tooLong);
    await server.close();
  }
}

/** The number in front of, or behind, some words of the output. */
export function figure(output: string, pattern: RegExp): number {
  const match = pattern.exec(output);
  if (!match) throw new Error(`${pattern} is not in:\n${output}`);
  return Number(match[1]?.replaceAll(',', ''));
}
