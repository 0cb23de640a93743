import { FLAG_TYPES } from '@dimmer/core/flag-types';
import type { Argument, Command, Option } from 'commander';
import type { Names } from './names.ts';

/** Where the cursor is: in which command, and what is expected there. */
interface Place {
  readonly command: Command;
  readonly positionals: readonly string[];
  /** An option whose value comes now. */
  readonly option: Option | undefined;
  /** Values of options so far, e.g. of `-p`. */
  readonly given: Readonly<Record<string, string>>;
}

const SHOWN = 500;

/**
 * What the last of some words can become.
 *
 * @param words all after `dimmer`, the last one as far as it is typed
 */
export async function candidates(program: Command, words: readonly string[], names: Names): Promise<string[]> {
  const current = words.at(-1) ?? '';
  const place = placeOf(program, words.slice(0, -1));
  // bash makes words of its own of `--environment=prod`.
  const typed = current === '=' ? '' : current;
  const found = await possible(place, typed, names);
  return found.filter((each) => each.startsWith(typed)).slice(0, SHOWN);
}

async function possible({ command, positionals, option, given }: Place, typed: string, names: Names) {
  if (option) return option.argChoices ?? valuesOf(option.attributeName(), names, given);
  if (typed.startsWith('-')) {
    return optionsOf(command).flatMap(({ hidden, long, short }) => (hidden ? [] : [long ?? short ?? '']));
  }
  if (command.commands.length > 0) return command.commands.map((each) => each.name());
  const { registeredArguments } = command;
  const argument: Argument | undefined = registeredArguments[positionals.length];
  return argument ? (argument.argChoices ?? valuesOf(argument.name(), names, given)) : [];
}

/** What options and arguments of a name are about is the same in all commands. */
async function valuesOf(name: string, names: Names, given: Place['given']): Promise<readonly string[]> {
  switch (name) {
    case 'flag':
      return names.read('flags', given);
    case 'environment':
    case 'from':
    case 'to':
      return names.read('environments', given);
    case 'project':
      return names.read('projects', given);
    case 'on|off':
      return ['on', 'off'];
    case 'type':
      return FLAG_TYPES;
    default:
      return [];
  }
}

function placeOf(program: Command, words: readonly string[]): Place {
  let command = program;
  let option: Option | undefined;
  const positionals: string[] = [];
  const given: Record<string, string> = {};
  for (const word of words) {
    const known = word.startsWith('-') ? optionsOf(command).find((each) => isNamed(each, word)) : undefined;
    if (option) {
      if (word === '=') continue;
      given[option.attributeName()] = word;
      option = undefined;
    } else if (known) {
      const [, value] = word.split(/=(.*)/s);
      if (value !== undefined) given[known.attributeName()] = value;
      else if (known.required || known.optional) option = known;
    } else if (!word.startsWith('-')) {
      const sub = positionals.length === 0 && command.commands.find((each) => each.name() === word);
      if (sub) command = sub;
      else positionals.push(word);
    }
  }
  return { command, positionals, option, given };
}

function isNamed({ long, short }: Option, word: string): boolean {
  return word === short || word === long || (long !== undefined && word.startsWith(`${long}=`));
}

/** Of a command, and of those above it. */
function optionsOf(command: Command): readonly Option[] {
  return [...command.options, ...(command.parent ? optionsOf(command.parent) : [])];
}
