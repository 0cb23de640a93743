import { unusableProxy } from '@dimmer/client-node';
import type { Command } from 'commander';
import { ApiClient } from './api/api-client.ts';
import { type GivenSettings, readSettings } from './api/settings.ts';
import { plain, type Terminal } from './text/output.ts';

/** What a command works with. */
export interface CommandWorld {
  readonly terminal: Terminal;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What the process ends with if nothing goes wrong on the way; commands may set it. */
  exitCode: number;
}

/** Options that every command has. */
interface CommonOptions extends GivenSettings {
  readonly json?: boolean;
}

/** Shows an answer: as it came to machines, in words to people. */
export function show(world: CommandWorld, command: Command, answer: unknown, words: () => string): void {
  const { json } = command.optsWithGlobals<CommonOptions>();
  world.terminal.out(json ? `${JSON.stringify(answer, null, 2)}\n` : words());
}

/** The server that the settings name. Says so if the environment names a proxy on the way that cannot be used. */
export async function apiOf(world: CommandWorld, command: Command): Promise<ApiClient> {
  const settings = await readSettings(command.optsWithGlobals<CommonOptions>(), world.env);
  const problem = unusableProxy(new URL(settings.url), process.env);
  if (problem !== undefined) world.terminal.err(`${plain(problem)}\n`);
  return new ApiClient(settings);
}
