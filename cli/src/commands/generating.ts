import { type Command, Option } from 'commander';
import { apiOf, type CommandWorld } from '../command-world.ts';

const SDKS = ['@dimmer/node', '@dimmer/browser', '@dimmer/browser/launch'] as const;

/** `dimmer generate`. */
export function addGenerating(program: Command, world: CommandWorld): void {
  program
    .command('generate')
    .description('TypeScript that knows the keys of your flags and the types of their values; commit it')
    .addOption(new Option('-o, --output <file>', 'where to; default: the terminal'))
    .addOption(new Option('--sdk <package>', 'what it is for').choices(SDKS).default(SDKS[0]))
    .option('--literals', 'the very values of strings and numbers, instead of any')
    .option('--check', 'write nothing; end with 1 if the file is not as it would be written')
    .action(async (_, command: Command) => {
      const { runGenerate } = await import('../generate/run-generate.ts');
      await runGenerate(world, command, await apiOf(world, command));
    });
}
