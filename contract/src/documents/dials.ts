import { z } from 'zod';
import { given } from '../fields.ts';
import type { Immutable } from '../immutable.ts';
import { LIMITS } from '../limits.ts';

const percent = z.number().min(0).max(100);
const count = (most: number) => z.number().int().min(0).max(most);
const ms = (most: number) => z.number().min(0).max(most);

/** RFC 6901, with `*` for any one key or index, and `**` at the end for all below. */
const ignoredPath = z
  .string()
  .max(LIMITS.ignoredPathCharacters)
  .regex(/^\/([^~]|~[01])*$/, 'A path is a JSON pointer, such as /updatedAt or /items/*/id.')
  .refine((path) => !path.includes('/**/'), '"**" stands at the end only, such as in /items/**; "*" is any one key.');

/** How the shadows of a launch or migration are held in check; each is explained in docs/launches.md. */
export const dialsShape = {
  samplePercent: percent,
  noisePercent: percent,
  verifyPercent: percent,
  timeoutMs: ms(600_000),
  maxInFlight: count(10_000),
  maxPerMinute: count(10_000_000),
  maxBlockMs: ms(60_000),
  maxBusyPercent: percent,
  maxLagMs: ms(60_000),
  maxHeapPercent: percent,
  fleetCallsPerSecond: z.number().min(0).max(1_000_000),
  ignore: z.array(ignoredPath).max(LIMITS.ignoredPaths),
};

type Shape = typeof dialsShape;
type DialName = keyof Shape;

export const DIAL_NAMES = Object.keys(dialsShape) as DialName[];

/** Dials that are set; the others are the code's, or the SDK's default. */
export type StoredDials = Immutable<{ [Name in DialName]?: z.infer<Shape[Name]> }>;

/** Stored dials are read tolerantly: a newer server may know more of them. */
export const storedDials = z
  .object(Object.fromEntries(DIAL_NAMES.map((name) => [name, given(dialsShape[name])])))
  .meta({ id: 'Dials' }) as unknown as z.ZodType<StoredDials>;
