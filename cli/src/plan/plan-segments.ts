import type { ServerSegment } from '../api/picture.ts';
import type { SegmentFile } from '../folder/file-format.ts';
import { segmentRuleToFile } from '../folder/to-file.ts';
import type { YamlFile } from '../folder/yaml-file.ts';
import { changedFields, differences, newFields } from '../text/differences.ts';
import type { Part, Planning, Step } from './plan.ts';
import { withIds } from './rule-ids.ts';

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

type Fields = Readonly<Record<string, unknown>>;

/** What `PATCH` of a segment may say. */
function desiredSegment(file: SegmentFile, current?: ServerSegment): Fields {
  const { key, name = key, description = '', included = [], excluded = [], rules = [] } = file;
  const named = withIds(rules.map(segmentRuleToFile), (current?.rules ?? []).map(segmentRuleToFile));
  return { name, description, included, excluded, rules: named };
}

/** The same of the segment as it is. */
function currentSegment({ name, description, included, excluded, rules }: ServerSegment): Fields {
  return { name, description, included, excluded, rules: rules.map(segmentRuleToFile) };
}
