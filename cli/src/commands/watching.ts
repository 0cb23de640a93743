import type { Change } from '@dimmer/contract';
import type { Command } from 'commander';
import type { ApiClient } from '../api/api-client.ts';
import { apiOf, type CommandWorld } from '../command-world.ts';
import type { Watched } from '../following/watch-changes.ts';
import { plain, when } from '../text/output.ts';
import { wholeNumberFrom } from './whole-number.ts';

interface WatchFilter {
  readonly environment?: string;
  readonly flag?: string;
  readonly all?: boolean;
  readonly count?: number;
}

/** `dimmer watch`. */
export function addWatching(program: Command, world: CommandWorld): void {
  program
    .command('watch')
    .description('changes as they are committed, one a line; goes on until it is interrupted')
    .option('-e, --environment <key>', 'only what touches this environment')
    .option('--flag <key>', 'only this flag')
    .option('--all', 'of all projects that the token may read')
    .option('-n, --count <number>', 'end after so many', wholeNumberFrom(1))
    .action(async (_, command: Command) => {
      const { watchChanges } = await import('../following/watch-changes.ts');
      const { json, ...filter } = command.optsWithGlobals<WatchFilter & { json?: boolean }>();
      const api = await apiOf(world, command);
      const ended = new AbortController();
      let shown = 0;
      for await (const each of watchChanges(api, { missed: queryOf(api, filter), signal: ended.signal })) {
        if (each.kind !== 'change') {
          world.terminal.err(stateText(each));
          continue;
        }
        if (!isWanted(each.change, api, filter)) continue;
        world.terminal.out(json ? `${JSON.stringify(each.change)}\n` : changeLine(each.change));
        if (++shown === filter.count) ended.abort();
        if (ended.signal.aborted) break;
      }
    });
}

function queryOf({ project }: ApiClient, { environment, flag, all }: WatchFilter): Record<string, string> {
  if (all) return {};
  return { project, ...(environment !== undefined && { environment }), ...(flag !== undefined && { flag }) };
}

/** Flags and segments are shared: what changes them touches every environment. */
function isWanted(change: Change, { project }: ApiClient, { environment, flag, all }: WatchFilter): boolean {
  if (!all && change.project !== project) return false;
  if (flag !== undefined && change.subject !== flag) return false;
  return environment === undefined || change.environment === null || change.environment === environment;
}

function changeLine({ revision, at, actor, command, project, environment, subject, reason }: Change): string {
  const where = [project, environment].filter((each) => each !== null).join('/');
  const why = reason ? `: ${reason}` : '';
  return `${when(at)}  ${revision}  ${plain(`${command}  ${subject}  ${where}  by ${actor.name}${why}`)}\n`;
}

function stateText(watched: Exclude<Watched, { kind: 'change' }>): string {
  switch (watched.kind) {
    case 'connected':
      return `Watching, from revision ${watched.revision}.\n`;
    case 'reset':
      return 'The history was replaced. What was shown so far may not have happened.\n';
    case 'gap':
      return `Changes after revision ${watched.revision} were missed, and your token may not list them.\n`;
    case 'lost':
      return `Not connected: ${plain(watched.why)} Again in ${(watched.delayMs / 1_000).toFixed(1)} s.\n`;
  }
}
