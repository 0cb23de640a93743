import type { EnvironmentFile } from '../folder/file-format.ts';
import { changedFields, differences, newFields } from '../text/differences.ts';
import type { Part, Planning, Step } from './plan.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * The project and its environments: made where they are missing, never taken away. What `dimmer.yaml` does not say of
 * them stays as it is: changing flags by files needs neither knowledge of how environments are protected nor the right
 * to it.
 */
export function planProject(planning: Planning, key: string): Part {
  const { folder, picture, at } = planning;
  const { project, environments } = folder.project.content;
  const { key: named, ...said } = project;
  const about = { what: `project ${key}`, document: 'project', needs: [], under: ['project'] };
  // Applied to another project, the files do not rename it.
  const steps = [planOne(planning, about, key, named === key ? said : {}, picture.project, '/projects', at)];
  for (const [environment, content] of Object.entries(environments)) {
    const place = {
      what: `environment ${environment}`,
      document: `environment/${environment}`,
      needs: ['project'],
      under: ['environments', environment],
    };
    const path = `${at}environments`;
    const own = `${path}/${encodeURIComponent(environment)}`;
    const fields: EnvironmentFile = content ?? {};
    steps.push(planOne(planning, place, environment, { ...fields }, picture.environments.get(environment), path, own));
  }
  return { steps: steps.filter((step) => step !== undefined) };
}

interface Place extends Pick<Step, 'what' | 'document' | 'needs'> {
  readonly under: readonly string[];
}

function planOne(
  { folder }: Planning,
  { under, ...about }: Place,
  key: string,
  said: Fields,
  current: ({ readonly version: number } & object) | null | undefined,
  createPath: string,
  ownPath: string,
): Step | undefined {
  const source = { file: folder.project, under };
  if (!current) {
    const step = { ...about, source, sign: '+', method: 'POST', path: createPath, version: null } as const;
    return { ...step, body: { key, ...said }, differences: newFields(said, key), isNew: true };
  }
  const is = Object.fromEntries(Object.keys(said).map((name) => [name, (current as Fields)[name]]));
  const found = differences(is, said);
  if (found.length === 0) return undefined;
  const step = { ...about, source, sign: '~', method: 'PATCH', version: current.version } as const;
  return { ...step, path: ownPath.replace(/\/$/, ''), body: changedFields(said, found), differences: found };
}
