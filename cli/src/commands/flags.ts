import type * as Contract from '@dimmer/contract';
import type { Command } from 'commander';
import type { Older } from '../api/api-client.ts';
import { apiOf, type CommandWorld, show } from '../command-world.ts';
import { CommandProblem, EXIT } from '../text/exit-codes.ts';
import { dimmer, plain, table, when } from '../text/output.ts';

/** One environment of a flag, as lists have it. Older servers say less. */
type EnvironmentSummary = Older<
  Omit<Contract.EnvironmentSummary, 'restores'>,
  'absent' | 'lit' | 'dark' | 'blockedBy' | 'needs'
> & { readonly restores?: Older<NonNullable<Contract.EnvironmentSummary['restores']>, 'on' | 'lit' | 'dark'> | null };

type Share = Contract.EnvironmentSummary['shares'][number];

const ARCHIVING = [
  ['archive', 'Archived', 'take a flag away; it can be brought back'],
  ['unarchive', 'Unarchived', 'bring an archived flag back as it was'],
] as const;

/** `dimmer flags …`: what is the same in all environments. */
export function addFlags(program: Command, world: CommandWorld): void {
  const flags = program.command('flags').description('list, show, create and archive flags');

  flags
    .command('list')
    .description('one line a flag, with every environment')
    .option('--search <text>', 'part of a key, name or description')
    .option('--tag <tag>')
    .option('--owner <name>')
    .option('--archived', 'the archived ones instead')
    .option('--stale', 'only those that may be taken out of the code, and why')
    .action(async (_, command: Command) => {
      const { search, tag, owner, archived, stale } = command.opts<Record<string, string | undefined>>();
      const given = Object.entries({ search, tag, owner }).filter(([, value]) => value) as [string, string][];
      const query = { ...Object.fromEntries(given), ...(archived && { archived: 'yes' }) };
      const all = await (await apiOf(world, command)).list('GET /projects/{project}/flags', {}, query);
      const items = stale ? all.filter((flag) => flag.stale) : all;
      show(world, command, { items }, () => flagTable(items, stale !== undefined));
    });

  flags
    .command('show')
    .description('one flag, in every environment')
    .argument('<flag>')
    .action(async (key: string, _, command: Command) => {
      const api = await apiOf(world, command);
      const flag = await api.ask('GET /projects/{project}/flags/{flag}', { flag: key });
      show(world, command, flag, () => {
        const rows = flag.environments.map((each) => [each.environment, ...standing(each)]);
        const head = `${plain(flag.key)} (${flag.type})  ${plain(flag.name)}\n${plain(flag.description)}`.trimEnd();
        return `${head}\n${factsText(flag)}\n${table(['environment', 'state', '', 'rules'], rows)}`;
      });
    });

  flags
    .command('create')
    .description('create a flag; it is off everywhere')
    .argument('<flag>')
    .option('--type <type>', 'boolean, string, number, json, launch or migration', 'boolean')
    .option('--name <name>')
    .option('--description <text>')
    .option('--owner <name>')
    .option('--tag <tag>', 'may be repeated', collect)
    .option('--variation <key=value>', 'of string, number and json flags, e.g. blue=#00f; repeated', collect)
    .option('--browser', 'browsers may see it')
    .option('--reason <text>')
    .action(async (key: string, _, command: Command) => {
      const { tag: tags, variation, ...options } = command.opts<CreateOptions>();
      const variations = variation?.map((each) => variationOf(each, options.type));
      const body = { key, ...options, ...(tags && { tags }), ...(variations && { variations }) };
      const answer = await (await apiOf(world, command)).ask('POST /projects/{project}/flags', {}, { body });
      show(world, command, answer, () => `Created ${plain(key)} (revision ${answer.revision})\n`);
    });

  for (const [act, did, summary] of ARCHIVING) {
    const archiving = flags
      .command(act)
      .description(summary)
      .argument('<flag>')
      .option('--reason <text>')
      .action(async (key: string, _, command: Command) => {
        const { reason, force } = command.opts<{ reason?: string; force?: boolean }>();
        const path = `POST /projects/{project}/flags/{flag}/${act}` as const;
        const body = { ...(reason && { reason }), ...(force && { force }) };
        const answer = await (await apiOf(world, command)).ask(path, { flag: key }, { body });
        show(world, command, answer, () => `${did} ${plain(key)} (revision ${answer.revision})\n`);
      });
    if (act === 'archive') archiving.option('--force', 'also a migration that instances still ask for; needs a reason');
  }
}

/** What is known of a flag besides its name; older servers know less. */
function factsText({ owner, tags, lastChange, lastEvaluatedAt, stale }: ListedFlag): string {
  const facts = [
    owner && `owner ${plain(owner)}`,
    tags.length > 0 && `tags ${tags.map(plain).join(', ')}`,
    lastChange && `changed ${when(lastChange.at)} by ${plain(lastChange.by)}`,
    lastEvaluatedAt && `last evaluated ${when(lastEvaluatedAt)}`,
    stale && `stale: ${STALE_TEXT[stale] ?? plain(stale)}`,
  ].filter(Boolean);
  return facts.length > 0 ? `${facts.join('; ')}\n` : '';
}

interface CreateOptions {
  readonly type: string;
  readonly tag?: readonly string[];
  readonly variation?: readonly string[];
}

/** Of an option that may be given more than once. */
function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

/** `blue=#00f`, as the type of the flag reads it. */
function variationOf(text: string, type: string): { key: string; value: unknown } {
  const [key = '', written] = text.split(/=(.*)/s);
  const value = written === undefined || type === 'string' ? written : parsed(written);
  if (value !== undefined) return { key, value };
  throw new CommandProblem(EXIT.usage, `"${text}" is no variation of a ${type} flag.`, 'Write key=value, e.g. few=10.');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Older servers say less. */
type ListedFlag = Older<
  Omit<Contract.FlagWithEnvironments, 'environments'>,
  'stale' | 'lastEvaluatedAt' | 'lastChange'
> & { readonly environments: readonly EnvironmentSummary[] };

function flagTable(items: readonly ListedFlag[], stale: boolean): string {
  if (items.length === 0)
    return stale ? 'There are none.\n' : 'There are none. Create one: dimmer flags create <key>\n';
  if (stale) return staleTable(items);
  const environments = [...new Set(items.flatMap((flag) => flag.environments.map(({ environment }) => environment)))];
  return table(
    ['flag', 'type', ...environments],
    items.map(({ key, type, environments: all }) => [
      key,
      type,
      ...environments.map((name) => {
        const found = all.find(({ environment }) => environment === name);
        return found ? standing(found).slice(0, 2).join(' ') : '';
      }),
    ]),
  );
}

function staleTable(items: readonly ListedFlag[]): string {
  return table(
    ['flag', 'type', 'why', 'last evaluated'],
    items.map(({ key, type, stale, lastEvaluatedAt }) => [
      key,
      type,
      STALE_TEXT[stale ?? ''] ?? stale,
      lastEvaluatedAt ? when(lastEvaluatedAt) : 'never, as far as is known',
    ]),
  );
}

const STALE_TEXT: Readonly<Record<string, string>> = {
  'not-evaluated': 'nobody asks for it',
  'served-to-all': 'everybody gets the same',
};

/** How a flag stands in one environment: a bar, words, rules. */
function standing(summary: EnvironmentSummary): [string, string, number] {
  const { on, killed, absent, blockedBy, shares, rules, lit = 0, restores } = summary;
  // Applications get the default in their own code, which need not be what "off" serves.
  if (absent) return [dimmer(0), killed ? 'not served yet, KILLED' : 'not served yet', rules];
  if (killed) return [dimmer(0), killedText(restores), rules];
  if (!on) return [dimmer(0), 'off', rules];
  if (blockedBy) return [dimmer(0), `off for all: needs ${plain(blockedBy)}`, rules];
  return [dimmer(lit), sharesText(shares), rules];
}

/** With what comes back when it is restored: `KILLED (on 10 % kept)`, `KILLED (off before)`. */
function killedText(restores: EnvironmentSummary['restores']): string {
  if (!restores) return 'KILLED';
  return restores.on === false ? 'KILLED (off before)' : `KILLED (${sharesText(restores.shares)} kept)`;
}

/** `on`; `live 1 %, dark 90 %`. What is off goes without saying. */
function sharesText(shares: readonly Share[]): string {
  if (shares.length === 1) return plain(shares[0]?.variation);
  const others = shares.filter(({ variation, percent }) => variation !== 'off' && percent > 0);
  return others.map(({ variation, percent }) => `${plain(variation)} ${percent} %`).join(', ') || 'off';
}
