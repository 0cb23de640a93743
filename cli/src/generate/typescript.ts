import { type TypedFlag, valueType } from './value-type.ts';

interface GenerateOptions {
  readonly project: string;
  /** The package whose client it is for. */
  readonly sdk: string;
  readonly literals: boolean;
}

/** Methods of the client that name a flag, by the type of the flag. */
interface Kinds {
  readonly launches: readonly string[];
  readonly migrations: readonly string[];
  readonly switches: readonly string[];
}

/** A module of types, and one function that changes nothing but types. The same flags always make the same bytes. */
export function typescriptOf(all: readonly TypedFlag[], { project, sdk, literals }: GenerateOptions): string {
  const flags = all
    .filter(({ browser }) => browser || sdk === '@dimmer/node')
    .sort((one, other) => (one.key < other.key ? -1 : 1));
  const keysOf = (...types: string[]) => flags.filter(({ type }) => types.includes(type)).map(({ key }) => key);
  const kinds = {
    launches: keysOf('launch'),
    migrations: keysOf('migration'),
    switches: keysOf('boolean', 'launch'),
  };
  const runsLaunches = sdk !== '@dimmer/browser';
  const runsMigrations = sdk === '@dimmer/node';
  const imports = [
    'DimmerClient',
    'EvaluationContext',
    'FlagEvaluation',
    ...(runsLaunches ? ['LaunchOptions'] : []),
    'LaunchStage',
    ...(runsMigrations ? ['Migration', 'MigrationOptions'] : []),
  ];
  return [
    `// Made by \`dimmer generate\` from the flags of project ${JSON.stringify(project)}. Do not edit it: make it anew.`,
    `import type { ${imports.join(', ')} } from ${JSON.stringify(sdk)};`,
    '',
    '/** Every flag, and what it can serve. */',
    'export interface FlagValues {',
    ...flags.flatMap((flag) => [...commentOf(flag), `  readonly ${quoted(flag.key)}: ${valueType(flag, literals)};`]),
    '}',
    '',
    'export type FlagKey = keyof FlagValues;',
    ...keyTypes(kinds),
    '',
    '/** A client that knows the keys of the flags, and the types of their values. */',
    `export interface TypedClient extends Omit<DimmerClient, ${replaced(runsLaunches, runsMigrations)}> {`,
    '  isEnabled(key: SwitchKey, context?: EvaluationContext): boolean;',
    ...typedMethod('value', 'FlagValues[Key]'),
    ...typedMethod('evaluate', 'FlagEvaluation<FlagValues[Key]>'),
    '  launchStage(key: LaunchKey, context?: EvaluationContext): LaunchStage;',
    ...(runsLaunches ? LAUNCH : []),
    ...(runsMigrations ? MIGRATION : []),
    '}',
    '',
    '/** The same client. Costs nothing: only its type is another. */',
    'export function typed(client: DimmerClient): TypedClient {',
    '  return client as unknown as TypedClient;',
    '}',
    '',
  ].join('\n');
}

const LAUNCH = [
  '  launch<Result, Input = undefined>(',
  '    key: LaunchKey,',
  '    context: EvaluationContext | undefined,',
  '    options: LaunchOptions<Result, Input>,',
  '  ): Result;',
];

const MIGRATION = [
  '  migration<ReadInput, ReadResult, WriteInput, WriteResult>(',
  '    key: MigrationKey,',
  '    context: EvaluationContext | undefined,',
  '    options: MigrationOptions<ReadInput, ReadResult, WriteInput, WriteResult>,',
  '  ): Migration<ReadInput, ReadResult, WriteInput, WriteResult>;',
];

function replaced(runsLaunches: boolean, runsMigrations: boolean): string {
  const names = ['isEnabled', 'value', 'evaluate', 'launchStage'];
  if (runsLaunches) names.push('launch');
  if (runsMigrations) names.push('migration');
  return names.map(quoted).join(' | ');
}

function typedMethod(name: string, result: string): string[] {
  return [
    `  ${name}<Key extends FlagKey>(`,
    '    key: Key,',
    '    defaultValue: FlagValues[Key],',
    '    context?: EvaluationContext,',
    `  ): ${result};`,
  ];
}

function keyTypes({ launches, migrations, switches }: Kinds): string[] {
  return [
    '/** Flags that `isEnabled` can be asked about. */',
    `export type SwitchKey = ${unionOf(switches)};`,
    `export type LaunchKey = ${unionOf(launches)};`,
    `export type MigrationKey = ${unionOf(migrations)};`,
  ];
}

function unionOf(keys: readonly string[]): string {
  return keys.length > 0 ? keys.map(quoted).join(' | ') : 'never';
}

/** Names and descriptions are somebody's words: they must not end the comment that they stand in. */
function commentOf({ key, name, description }: TypedFlag): string[] {
  const words = [name !== key && name, description]
    .filter(Boolean)
    .join(': ')
    .replace(/[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\s]+/gu, ' ')
    .replaceAll('*/', '* /')
    .trim();
  return words === '' ? [] : [`  /** ${words} */`];
}

function quoted(key: string): string {
  return JSON.stringify(key);
}
