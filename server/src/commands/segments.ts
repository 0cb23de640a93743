import {
  type createSegmentInput,
  type Immutable,
  LIMITS,
  type SegmentBody,
  type segmentMembersInput,
  type updateSegmentInput,
} from '@dimmer/contract';
import type { z } from 'zod';
import { type Live, place } from '../documents/document.ts';
import { accept, type Command, type Facts } from './command.ts';
import { findProject, findSegment } from './find.ts';
import { type Refused, refuse } from './refusal.ts';

/** Makes an audience. Refuses: `SEGMENT_EXISTS`, `SEGMENT_INVALID`, `LIMIT_EXCEEDED`. Warns if it has nobody in it. */
export function createSegment(project: string, input: Immutable<z.infer<typeof createSegmentInput>>): Command {
  const about = place.segment(project, input.key);
  return {
    name: 'segment.create',
    project,
    environment: null,
    subject: input.key,
    about,
    decide(state, { newId }) {
      const owner = findProject(state, project);
      if ('refusal' in owner) return owner;
      const existing = state.segment(project, input.key);
      if (existing) {
        const message = `Project "${project}" already has a segment "${input.key}".`;
        const fix = existing.body.archived
          ? 'It is archived; unarchive it, or choose another key.'
          : 'Choose another key.';
        return refuse('SEGMENT_EXISTS', message, { fix, path: 'key' });
      }
      if ([...state.segments(project)].length >= LIMITS.segments) {
        return refuse('LIMIT_EXCEEDED', `Project "${project}" has ${LIMITS.segments} segments, and that is the limit.`);
      }
      const { key, name = key, description = '', included = [], excluded = [], rules = [] } = input;
      const body: SegmentBody = { key, name, description, included, excluded, rules, archived: false };
      return accept([{ ...about, body: withRuleIds(body, newId) }]);
    },
  };
}

/** Changes what is given. Refuses: `SEGMENT_NOT_FOUND`, `SEGMENT_ARCHIVED`, `SEGMENT_INVALID`. */
export function updateSegment(
  project: string,
  segment: string,
  input: Immutable<z.infer<typeof updateSegmentInput>>,
): Command {
  return editSegment('segment.update', project, segment, (found, { newId }) => {
    const body = { ...found.body, ...input };
    return input.rules ? withRuleIds(body, newId) : body;
  });
}

/** Puts keys on the included or excluded list, or takes them off both; a key is on one list at most. */
export function setSegmentMembers(
  project: string,
  segment: string,
  input: Immutable<z.infer<typeof segmentMembersInput>>,
): Command {
  const { include = [], exclude = [], remove = [] } = input;
  return editSegment('segment.members', project, segment, ({ body }) => {
    const moved = new Set([...include, ...exclude, ...remove]);
    const stay = (keys: readonly string[]) => keys.filter((key) => !moved.has(key));
    const excluded = new Set(exclude);
    const included = include.filter((key) => !excluded.has(key));
    return {
      ...body,
      included: [...stay(body.included), ...new Set(included)],
      excluded: [...stay(body.excluded), ...excluded],
    };
  });
}

/** Takes a segment out of use. Refuses: `SEGMENT_IN_USE`, with who uses it. */
export function archiveSegment(project: string, segment: string): Command {
  return setArchived('segment.archive', project, segment, true);
}

/** Brings an archived segment back. */
export function unarchiveSegment(project: string, segment: string): Command {
  return setArchived('segment.unarchive', project, segment, false);
}

function setArchived(name: string, project: string, segment: string, archived: boolean): Command {
  const about = place.segment(project, segment);
  return {
    name,
    project,
    environment: null,
    subject: segment,
    about,
    decide(state) {
      const found = findSegment(state, project, segment);
      if ('refusal' in found) return found;
      return accept([{ ...about, body: { ...found.body, archived } }]);
    },
  };
}

type Edit = (found: Live<'segment'>, facts: Facts) => SegmentBody | Refused;

function editSegment(name: string, project: string, segment: string, edit: Edit): Command {
  const about = place.segment(project, segment);
  return {
    name,
    project,
    environment: null,
    subject: segment,
    about,
    decide(state, facts) {
      const found = findSegment(state, project, segment);
      if ('refusal' in found) return found;
      if (found.body.archived) {
        return refuse('SEGMENT_ARCHIVED', `Segment "${segment}" is archived and cannot be changed.`, {
          fix: `Unarchive it first: POST /api/v1/projects/${project}/segments/${segment}/unarchive.`,
        });
      }
      const body = edit(found, facts);
      return 'refusal' in body ? body : accept([{ ...about, body }]);
    },
  };
}

function withRuleIds(body: SegmentBody, newId: () => string): SegmentBody {
  return { ...body, rules: body.rules.map((rule) => ({ ...rule, id: rule.id ?? newId() })) };
}
