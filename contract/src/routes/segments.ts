import { z } from 'zod';
import { listAnswer } from '../answers/list.ts';
import { attributesAnswer } from '../answers/project.ts';
import { segment, segmentListed, segmentWithUsers } from '../answers/segment.ts';
import { writeAnswer } from '../answers/write.ts';
import { createSegmentInput, segmentMembersInput, updateSegmentInput } from '../inputs/segments.ts';
import { inProject, ofSegment, pageQuery } from '../path-params.ts';
import { route } from '../route.ts';

const tag = 'Segments';
const written = writeAnswer(segment);

export const segmentRoutes = {
  listSegments: route({
    method: 'get',
    path: '/projects/{project}/segments',
    tag,
    summary: 'Segments of a project',
    params: inProject,
    query: pageQuery.extend({ archived: z.enum(['no', 'yes', 'all']).default('no') }),
    answer: listAnswer(segmentListed),
  }),
  createSegment: route({
    method: 'post',
    path: '/projects/{project}/segments',
    tag,
    summary: 'Create a segment',
    params: inProject,
    body: createSegmentInput,
    answer: written,
    status: 201,
  }),
  getSegment: route({
    method: 'get',
    path: '/projects/{project}/segments/{segment}',
    tag,
    summary: 'One segment, and which flags use it',
    params: ofSegment,
    answer: segmentWithUsers,
  }),
  updateSegment: route({
    method: 'patch',
    path: '/projects/{project}/segments/{segment}',
    tag,
    summary: 'Change a segment',
    params: ofSegment,
    body: updateSegmentInput,
    answer: written,
  }),
  setSegmentMembers: route({
    method: 'post',
    path: '/projects/{project}/segments/{segment}/members',
    tag,
    summary: 'Include, exclude or remove keys',
    params: ofSegment,
    body: segmentMembersInput,
    answer: written,
  }),
  archiveSegment: route({
    method: 'post',
    path: '/projects/{project}/segments/{segment}/archive',
    tag,
    summary: 'Take a segment out of use',
    params: ofSegment,
    answer: written,
  }),
  unarchiveSegment: route({
    method: 'post',
    path: '/projects/{project}/segments/{segment}/unarchive',
    tag,
    summary: 'Bring an archived segment back',
    params: ofSegment,
    answer: written,
  }),
  listAttributes: route({
    method: 'get',
    path: '/projects/{project}/attributes',
    tag,
    summary: 'Attributes that rules look at, in the environments that you may read, the most used first',
    params: inProject,
    answer: attributesAnswer,
  }),
} as const;
