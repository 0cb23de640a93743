import type { Command } from 'commander';
import type { ApiClient } from '../api/api-client.ts';
import { type Picture, readPicture } from '../api/picture.ts';
import { apiOf, type CommandWorld, show } from '../command-world.ts';
import { CommandProblem, EXIT, Refusal } from '../text/exit-codes.ts';
import { countText, plain } from '../text/output.ts';
import { writeFolder } from './write-folder.ts';

/** Reading takes many requests; what is changed meanwhile may be half in. */
const TRIES = 3;

/** `dimmer export`. */
export async function runExport(world: CommandWorld, command: Command, folder: string): Promise<void> {
  const { prune = false } = command.opts<{ prune?: boolean }>();
  const api = await apiOf(world, command);
  const picture = await readAtRest(api, world);
  if (picture.project === null) {
    throw new CommandProblem(EXIT.refused, `There is no project "${api.project}".`, 'List them: dimmer projects');
  }
  const { files, written, strays } = await writeFolder(folder, picture, prune);
  for (const [flag, targetings] of picture.targetings) {
    for (const [environment, { killed }] of targetings) {
      if (killed)
        world.terminal.err(`Note: ${plain(flag)} is killed in ${plain(environment)}; its file has no "on".\n`);
    }
  }
  if (strays.length > 0) {
    const what = prune ? 'Removed, as the server has none such' : 'The server has none such (--prune removes them)';
    world.terminal.err(`${what}: ${strays.map(plain).join(', ')}\n`);
  }
  show(world, command, { folder, files, written, strays }, () => {
    const { flags, segments } = picture;
    return `${countText(flags.size, 'flag')} and ${countText(segments.size, 'segment')} in ${plain(folder)}: ${written.length} of ${files.length} files written.\n`;
  });
}

/** The project as it was at one moment, or as near to that as it can be had. */
async function readAtRest(api: ApiClient, world: CommandWorld): Promise<Picture> {
  for (let tries = 1; ; tries++) {
    const before = await lastRevision(api);
    const picture = await readPicture(api, { archived: false }, world.terminal);
    if (before === (await lastRevision(api))) return picture;
    if (tries === TRIES) {
      world.terminal.err('Note: the project was changed while it was read; export again to be sure.\n');
      return picture;
    }
  }
}

async function lastRevision(api: ApiClient): Promise<number | undefined> {
  try {
    const { items } = await api.ask('GET /changes', {}, { query: { project: api.project, limit: '1' } });
    return items[0]?.revision;
  } catch (error) {
    // A token for one environment sees the changes of that one alone.
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}
