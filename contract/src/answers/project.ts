import { z } from 'zod';
import { environmentBody } from '../documents/environment.ts';
import { projectBody } from '../documents/project.ts';
import type { Immutable } from '../immutable.ts';
import { documentAnswer } from './document.ts';

export const project = documentAnswer('Project', projectBody.shape);

const environmentShape = { ...environmentBody.shape, project: z.string() };

export const environment = documentAnswer('Environment', environmentShape);

/** One that is read, alone or in a list. */
export const environmentNow = documentAnswer('EnvironmentNow', {
  ...environmentShape,
  ruleset: z
    .object({
      id: z.string().meta({ description: 'As servers report it.', example: '105.ab12cd34ef56' }),
      browserId: z.string().meta({ description: 'As browsers report it.' }),
      at: z.number().int().meta({ description: 'When it was made, milliseconds since 1970.' }),
      bytes: z.number().int().meta({ description: 'Size of what servers get. What browsers get is a part of it.' }),
      limitBytes: z.number().int().meta({ description: 'What makes it larger than this is refused.' }),
    })
    .meta({ description: 'What SDKs get.' }),
});

/** What attributes rules look at. */
export const attributesAnswer = z.object({
  items: z.array(
    z.object({
      name: z.string(),
      uses: z.number().int().meta({ description: 'Flags, by environment, and segments that look at it.' }),
    }),
  ),
});

export type Project = Immutable<z.output<typeof project>>;
export type Environment = Immutable<z.output<typeof environment>>;
export type EnvironmentNow = Immutable<z.output<typeof environmentNow>>;
