import type { ApiClient } from '../api-client.ts';
import { Refusal } from '../exit-codes.ts';
import { inParallel } from '../in-parallel.ts';
import { progress, type Terminal } from '../output.ts';
import type { RuleFile, ServeFile, TargetingFile, VariationFile } from './file-format.ts';

/** What every document has. */
interface Stamped {
  readonly version: number;
}

interface Described extends Stamped {
  readonly key: string;
  readonly name: string;
  readonly description: string;
}

export interface ServerEnvironment extends Described {
  readonly protected: boolean;
  readonly approvals?: number;
}

export interface ServerFlag extends Described {
  readonly type: string;
  readonly purpose: string;
  readonly owner: string;
  readonly tags: readonly string[];
  readonly variations: readonly VariationFile[];
  readonly browser: boolean;
  readonly seed: string;
  readonly archived: boolean;
  readonly environments: readonly { readonly environment: string }[];
}

export interface ServerTargeting extends Stamped {
  /** In no ruleset: callers get the default in their own code. */
  readonly absent?: boolean;
  readonly on: boolean;
  readonly off: string;
  readonly prerequisites: NonNullable<TargetingFile['prerequisites']>;
  readonly targets: NonNullable<TargetingFile['targets']>;
  readonly rules: readonly RuleFile[];
  readonly fallthrough: ServeFile;
  readonly dials?: Readonly<Record<string, unknown>>;
  readonly killed?: { readonly by: string; readonly at: number; readonly reason: string };
}

export interface ServerSegment extends Described {
  readonly included: readonly string[];
  readonly excluded: readonly string[];
  readonly rules: readonly Omit<RuleFile, 'serve'>[];
  readonly archived: boolean;
}

/** A project as the server has it now. `project: null`: it has none of that key. */
export interface Picture {
  readonly project: Described | null;
  readonly environments: ReadonlyMap<string, ServerEnvironment>;
  readonly flags: ReadonlyMap<string, ServerFlag>;
  /** By flag, then by environment; those that were asked for. */
  readonly targetings: ReadonlyMap<string, ReadonlyMap<string, ServerTargeting>>;
  readonly segments: ReadonlyMap<string, ServerSegment>;
}

interface Wanted {
  /** Archived flags and segments too. */
  readonly archived: boolean;
  /** Which targetings are of interest. Each is a request. Default: all. */
  readonly targeting?: (flag: ServerFlag, environment: string) => boolean;
  /** Default: true. */
  readonly segments?: boolean;
}

/** Reads a project: flags, segments, and how each flag stands in each environment. */
export async function readPicture(api: ApiClient, wanted: Wanted, terminal: Terminal): Promise<Picture> {
  const project = await findProject(api);
  if (project === null) {
    const none = new Map();
    return { project, environments: none, flags: none, targetings: none, segments: none };
  }
  const archived = wanted.archived ? 'all' : 'no';
  const [environments, flags, listed]: [ServerEnvironment[], ServerFlag[], ServerSegment[]] = await Promise.all([
    api.listInProject('environments'),
    api.listInProject('flags', { archived }),
    wanted.segments === false ? [] : api.listInProject('segments', { archived }),
  ]);
  const names = flags.flatMap((flag) =>
    flag.environments
      .filter(({ environment }) => wanted.targeting?.(flag, environment) ?? true)
      .map(({ environment }) => ({ flag: flag.key, environment })),
  );
  const all = names.length + listed.length;
  const say = (done: number) => progress(terminal, `Reading ${done} of ${all} … `);
  const segments: ServerSegment[] = await inParallel(
    listed,
    ({ key }) => api.inProject('GET', `segments/${encodeURIComponent(key)}`),
    say,
  );
  const found: ServerTargeting[] = await inParallel(
    names,
    ({ flag, environment }) => api.inProject('GET', targetingPath(flag, environment)),
    (done) => say(listed.length + done),
  );
  progress(terminal, '');
  const targetings = new Map<string, Map<string, ServerTargeting>>();
  for (const [index, { flag, environment }] of names.entries()) {
    const ofFlag = targetings.get(flag) ?? new Map<string, ServerTargeting>();
    targetings.set(flag, ofFlag.set(environment, found[index] as ServerTargeting));
  }
  return { project, environments: byKey(environments), flags: byKey(flags), targetings, segments: byKey(segments) };
}

/** Below the project. */
export function targetingPath(flag: string, environment: string): string {
  return `flags/${encodeURIComponent(flag)}/environments/${encodeURIComponent(environment)}`;
}

async function findProject(api: ApiClient): Promise<Described | null> {
  try {
    return await api.call('GET', `/projects/${encodeURIComponent(api.project)}`);
  } catch (error) {
    if (error instanceof Refusal && error.code === 'PROJECT_NOT_FOUND') return null;
    throw error;
  }
}

function byKey<Item extends { readonly key: string }>(items: readonly Item[]): Map<string, Item> {
  return new Map(items.map((item) => [item.key, item]));
}
