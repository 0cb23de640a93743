import { z } from 'zod';
import { segmentBody } from '../documents/segment.ts';
import type { Immutable } from '../immutable.ts';
import { documentAnswer } from './document.ts';

const segmentShape = { ...segmentBody.shape, project: z.string() };

export const segment = documentAnswer('Segment', segmentShape);

/** One that is read alone. */
export const segmentWithUsers = documentAnswer('SegmentWithUsers', {
  ...segmentShape,
  users: z
    .array(z.object({ flag: z.string(), environment: z.string() }))
    .meta({ description: 'Flags whose rules name it, in the environments that you may read.' }),
});

/** One in a list. */
export const segmentListed = documentAnswer(
  'SegmentListed',
  { ...segmentShape, included: z.number().int(), excluded: z.number().int(), rules: z.number().int() },
  'A segment with the sizes of its lists instead of the lists.',
);

export type Segment = Immutable<z.output<typeof segment>>;
export type SegmentWithUsers = Immutable<z.output<typeof segmentWithUsers>>;
export type SegmentListed = Immutable<z.output<typeof segmentListed>>;
