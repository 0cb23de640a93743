import type { Command } from 'commander';
import type { CommandWorld } from '../command-world.ts';
import { wholeNumberFrom } from './whole-number.ts';

/** A project as files, and files as a project. What does it is read only when it is asked for: YAML is large. */
export function addFiles(program: Command, world: CommandWorld): void {
  program
    .command('export')
    .description('write a project as YAML files: one a flag, one a segment, and dimmer.yaml')
    .argument('<folder>')
    .option('--prune', 'remove files of flags and segments that the server does not have')
    .action(async (folder: string, _, command: Command) => {
      const { runExport } = await import('../folder/run-export.ts');
      await runExport(world, command, folder);
    });

  withPlanOptions(program.command('plan'))
    .description('what an apply of these files would do; nothing is changed')
    .option('--detailed-exitcode', 'end with 5 if there is something to do')
    .action(async (folder: string, _, command: Command) => {
      const { runPlan } = await import('../plan/run-plan.ts');
      await runPlan(world, command, folder);
    });

  withPlanOptions(program.command('apply'))
    .description('make the server as the files say; shows the plan, and asks')
    .option('-y, --yes', 'do not ask')
    .action(async (folder: string, _, command: Command) => {
      const { runApply } = await import('../apply/run-apply.ts');
      await runApply(world, command, folder);
    });
}

function withPlanOptions(command: Command): Command {
  return command
    .argument('<folder>', 'as export writes it')
    .option('--prune', 'archive flags and segments that are not in the folder')
    .option(
      '--prune-at-most <number>',
      'archive so many without asking, also if that is most of what is there',
      wholeNumberFrom(0),
    )
    .option('--propose', 'what needs an approval becomes a change request')
    .option('--reason <text>', 'why; it stands in the history');
}
