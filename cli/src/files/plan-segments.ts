import { differences } from '../differences.ts';
import { currentSegment, desiredSegment } from './desired.ts';
import type { SegmentFile } from './file-format.ts';
import { changedFields, newFields, type Part, type Planning, type Step } from './plan.ts';
import type { YamlFile } from './yaml-file.ts';

/** Segments come before the flags that use them. */
export function planSegments(planning: Planning): Part {
  return { steps: [...planning.folder.segments.values()].flatMap((file) => planSegment(planning, file)) };
}

function planSegment({ picture, at }: Planning, file: YamlFile<SegmentFile>): Step[] {
  const { key } = file.content;
  const current = picture.segments.get(key);
  const desired = desiredSegment(file.content, current);
  const about = {
    what: `segment ${key}`,
    document: `segment/${key}`,
    needs: ['project'],
    source: { file, under: [] },
  };
  if (!current) {
    const body = { key, ...desired };
    const step = { ...about, sign: '+', method: 'POST', path: `${at}segments`, body, version: null } as const;
    return [{ ...step, differences: newFields(desired, key), isNew: true }];
  }
  const path = `${at}segments/${encodeURIComponent(key)}`;
  const steps: Step[] = [];
  const { version } = current;
  if (current.archived) {
    const step = { ...about, sign: '+', method: 'POST', path: `${path}/unarchive`, body: {}, version } as const;
    steps.push({ ...step, differences: [{ path: 'archived', before: true, after: false }] });
  }
  const found = differences(currentSegment(current), desired);
  if (found.length > 0) {
    const body = changedFields(desired, found);
    steps.push({ ...about, sign: '~', method: 'PATCH', path, body, version, differences: found });
  }
  return steps;
}
