import type { Command } from 'commander';
import { apiOf, type CommandWorld, show } from '../command-world.ts';
import { EXIT } from '../text/exit-codes.ts';

/** `dimmer diff`. */
export function addComparing(program: Command, world: CommandWorld): void {
  program
    .command('diff')
    .description('what is different between two environments; ends with 1 if anything is')
    .argument('<from>', 'an environment')
    .argument('<to>', 'another')
    .argument('[flag]', 'this one only')
    .action(async (from: string, to: string, flag: string | undefined, _, command: Command) => {
      const { compareEnvironments, comparisonText } = await import('./compare-environments.ts');
      const found = await compareEnvironments(await apiOf(world, command), { from, to, flag }, world.terminal);
      show(world, command, found, () => comparisonText(found));
      if (found.flags.length > 0) world.exitCode = EXIT.refused;
    });
}
