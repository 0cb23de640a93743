import { readFile, writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { ApiClient } from '../api/api-client.ts';
import type { CommandWorld } from '../command-world.ts';
import { CommandProblem, EXIT } from '../text/exit-codes.ts';
import { plain } from '../text/output.ts';
import { typescriptOf } from './typescript.ts';
import type { TypedFlag } from './value-type.ts';

interface GenerateOptions {
  readonly output?: string;
  readonly sdk: string;
  readonly literals?: boolean;
  readonly check?: boolean;
}

/** `dimmer generate`. */
export async function runGenerate({ terminal }: CommandWorld, command: Command, api: ApiClient): Promise<void> {
  const { output, sdk, literals = false, check = false } = command.opts<GenerateOptions>();
  if (check && output === undefined) command.error('error: --check needs --output <file>', { exitCode: EXIT.usage });
  const flags: TypedFlag[] = await api.list('GET /projects/{project}/flags', {});
  const text = typescriptOf(flags, { project: api.project, sdk, literals });
  if (output === undefined) {
    terminal.out(text);
    return;
  }
  const before = await readFile(output, 'utf8').catch(() => undefined);
  if (before === text) {
    terminal.out(`${plain(output)} is up to date.\n`);
  } else if (check) {
    throw new CommandProblem(EXIT.refused, `${output} is not up to date.`, 'Run the same without --check, and commit.');
  } else {
    await writeFile(output, text).catch((error: NodeJS.ErrnoException) => {
      throw new CommandProblem(EXIT.refused, `${output} cannot be written: ${error.code}.`);
    });
    terminal.out(`Wrote ${plain(output)}.\n`);
  }
}
