import type { Change } from '@dimmer/contract';
import type { Command } from 'commander';
import { type ApiClient, inParallel } from '../api/api-client.ts';
import { apiOf, type CommandWorld, show } from '../command-world.ts';
import { differenceText } from '../text/difference-text.ts';
import { differences } from '../text/differences.ts';
import { CommandProblem } from '../text/exit-codes.ts';
import { instantText } from '../text/instant-text.ts';
import { plain, table, when } from '../text/output.ts';

/** Of so many changes, at most, it is asked what they changed: each is a request. */
const MOST_TOLD = 50;
const MOST_CHARACTERS = 80;

/** What has happened, and how one change is undone. */
export function addHistory(program: Command, world: CommandWorld): void {
  program
    .command('history')
    .description('the last changes, of everything or of one flag')
    .argument('[flag]')
    .option('-e, --environment <key>')
    .option('--since <instant>', 'e.g. 30m, 2h, today, "yesterday 09:00", 2026-11-20T03:00:00Z')
    .option('--until <instant>', 'the same')
    .option('--limit <count>', 'how many', '20')
    .action(async (flag: string | undefined, _, command: Command) => {
      const { environment, since, until, limit } = command.opts<Record<string, string | undefined>>();
      const api = await apiOf(world, command);
      const query: Record<string, string> = { project: api.project, limit: limit ?? '20' };
      for (const [name, value] of Object.entries({ flag, environment })) if (value) query[name] = value;
      for (const [name, value] of Object.entries({ since, until }))
        if (value) query[name] = instantText(value, Date.now());
      const answer = await api.ask('GET /changes', {}, { query });
      const { items } = answer;
      const { json } = command.optsWithGlobals<{ json?: boolean }>();
      const told =
        json || items.length > MOST_TOLD ? [] : await inParallel(items, (change) => whatChanged(api, change));
      show(world, command, answer, () =>
        table(
          ['revision', 'when', 'who', 'what', 'of', 'where', 'why', 'changed'],
          items.map(({ revision, at, actor, command: what, subject, environment: where, reason }, index) => [
            revision,
            when(at),
            actor.name,
            what,
            subject,
            where ?? '',
            reason ?? '',
            told[index] ?? '',
          ]),
        ),
      );
    });

  program
    .command('revert')
    .description('undo one change')
    .argument('<revision>')
    .option('--reason <text>')
    .option('--force', 'also what has been changed since')
    .action(async (revision: string, _, command: Command) => {
      const { reason, force } = command.opts<{ reason?: string; force?: boolean }>();
      const body = { ...(reason !== undefined && { reason }), ...(force && { force }) };
      const answer = await (await apiOf(world, command)).ask('POST /changes/{revision}/revert', { revision }, { body });
      show(world, command, answer, () => `Reverted ${plain(revision)} (revision ${answer.revision})\n`);
    });
}

/** What a change did to its documents, on one line; empty: made something new, or it may not be read. */
async function whatChanged(api: ApiClient, { revision }: Change): Promise<string> {
  try {
    const { documents } = await api.ask('GET /changes/{revision}', { revision });
    const found = documents.flatMap(({ before, after }) =>
      before === null || after === null ? [] : differences(before, after).map(differenceText),
    );
    const text = found.join('; ');
    return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
  } catch (error) {
    // A list is worth more without this than none.
    if (error instanceof CommandProblem) return '';
    throw error;
  }
}
