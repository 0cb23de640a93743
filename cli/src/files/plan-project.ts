import { differences } from '../differences.ts';
import type { EnvironmentFile } from './file-format.ts';
import { changedFields, newFields, type Part, type Planning, type Step } from './plan.ts';

/** The project and its environments: made where they are missing, never taken away. */
export function planProject({ folder, picture, at }: Planning, key: string): Part {
  const { project: file } = folder;
  const { project, environments } = file.content;
  const steps: Step[] = [];
  // Applied to another project, the files do not rename it.
  const named = project.key === key ? (project.name ?? key) : (picture.project?.name ?? key);
  const desired = { name: named, description: project.description ?? '' };
  const about = { what: `project ${key}`, document: 'project', needs: [], source: { file, under: ['project'] } };
  if (picture.project === null) {
    const body = { key, ...desired };
    const step = { ...about, sign: '+', method: 'POST', path: '/projects', body, version: null } as const;
    steps.push({ ...step, differences: newFields(desired, key), isNew: true });
  } else {
    const { name, description, version } = picture.project;
    const found = differences({ name, description }, desired);
    const step = { ...about, sign: '~', method: 'PATCH', path: at.replace(/\/$/, ''), version } as const;
    if (found.length > 0) steps.push({ ...step, body: changedFields(desired, found), differences: found });
  }
  for (const [environment, content] of Object.entries(environments)) {
    const step = planEnvironment({ folder, picture, at }, environment, content ?? {});
    if (step) steps.push(step);
  }
  return { steps };
}

function planEnvironment({ folder, picture, at }: Planning, key: string, content: EnvironmentFile): Step | undefined {
  const { name = key, description = '', protected: isProtected = false, approvals } = content;
  const desired = { name, description, protected: isProtected, ...(approvals !== undefined && { approvals }) };
  const about = {
    ...{ what: `environment ${key}`, document: `environment/${key}`, needs: ['project'] },
    source: { file: folder.project, under: ['environments', key] },
  };
  const current = picture.environments.get(key);
  if (!current) {
    const step = { ...about, sign: '+', method: 'POST', path: `${at}environments`, version: null } as const;
    return { ...step, body: { key, ...desired }, differences: newFields(desired, key), isNew: true };
  }
  const is = { name: current.name, description: current.description, protected: current.protected };
  const found = differences({ ...is, ...(approvals !== undefined && { approvals: current.approvals }) }, desired);
  if (found.length === 0) return undefined;
  const path = `${at}environments/${encodeURIComponent(key)}`;
  const step = { ...about, sign: '~', method: 'PATCH', path, version: current.version } as const;
  return { ...step, body: changedFields(desired, found), differences: found };
}
