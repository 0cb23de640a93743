import type { EnvironmentNow, FlagWithEnvironments, Project, SegmentWithUsers, Targeting } from '@dimmer/contract';
import { Refusal } from '../text/exit-codes.ts';
import { progress, type Terminal } from '../text/output.ts';
import { type ApiClient, inParallel, type Older } from './api-client.ts';

/** A project, environment, flag, targeting or segment as the server answers it; a server of before says less. */
type ServerProject = Project;
export type ServerEnvironment = Older<EnvironmentNow, 'ruleset'>;
export type ServerFlag = FlagWithEnvironments;
export type ServerTargeting = Targeting;
export type ServerSegment = Older<SegmentWithUsers, 'users'>;

/** A project as the server has it now. `project: null`: it has none of that key. */
export interface Picture {
  readonly project: ServerProject | null;
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
  const [environments, flags, listed] = await Promise.all([
    api.list('GET /projects/{project}/environments', {}),
    api.list('GET /projects/{project}/flags', {}, { archived }),
    wanted.segments === false ? [] : api.list('GET /projects/{project}/segments', {}, { archived }),
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
    ({ key }) => api.ask('GET /projects/{project}/segments/{segment}', { segment: key }),
    say,
  );
  const found: ServerTargeting[] = await inParallel(
    names,
    (name) => api.ask('GET /projects/{project}/flags/{flag}/environments/{environment}', name),
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

async function findProject(api: ApiClient): Promise<ServerProject | null> {
  try {
    return await api.ask('GET /projects/{project}', {});
  } catch (error) {
    if (error instanceof Refusal && error.code === 'PROJECT_NOT_FOUND') return null;
    throw error;
  }
}

function byKey<Item extends { readonly key: string }>(items: readonly Item[]): Map<string, Item> {
  return new Map(items.map((item) => [item.key, item]));
}
