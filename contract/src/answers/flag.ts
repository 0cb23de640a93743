import { z } from 'zod';
import { flagBody } from '../documents/flag.ts';
import { killedField, targetingBody } from '../documents/targeting.ts';
import type { Immutable } from '../immutable.ts';
import { documentAnswer } from './document.ts';

const shares = z.array(z.object({ variation: z.string(), percent: z.number() }));
const lit = z.number().meta({ description: 'Percent that gets the new, 0 to 100, where no rule matches.' });
const dark = z.number().meta({ description: 'Of a launch: percent for whom the candidate runs unseen.' });

/** A flag in one environment, in short. */
export const environmentSummary = z
  .object({
    environment: z.string(),
    on: z.boolean(),
    killed: killedField.nullable(),
    absent: z.boolean().meta({
      description:
        'It is not served here until a change of its targeting has been approved: callers get their own default.',
    }),
    blockedBy: z.string().nullable().meta({
      description:
        'A prerequisite that nobody meets now, so that everybody gets the off variation although the flag is on; null: none is known to be so.',
    }),
    needs: z.array(z.string()).meta({ description: 'Flags that are its prerequisites.' }),
    rules: z.number().int().meta({ description: 'How many rules there are before the fallthrough.' }),
    shares: shares.meta({ description: 'Who gets what where no rule matches.' }),
    lit,
    dark,
    restores: z.object({ on: z.boolean(), shares, lit, dark }).nullable().meta({
      description:
        'What restoring a killed flag brings back: whether it was on, and who gets what where no rule matches; null unless killed.',
    }),
    version: z.number().int(),
    revision: z.number().int(),
  })
  .meta({ id: 'EnvironmentSummary' });

const flagShape = { ...flagBody.shape, project: z.string() };

export const flag = documentAnswer('Flag', flagShape);

/** One that is read, alone or in a list. */
export const flagWithEnvironments = documentAnswer('FlagWithEnvironments', {
  ...flagShape,
  environments: z.array(environmentSummary),
  lastChange: z
    .object({ revision: z.number().int(), at: z.number().int(), by: z.string() })
    .nullable()
    .meta({ description: 'The last change of the flag, or of its targeting where you may read it.' }),
  lastEvaluatedAt: z.number().int().nullable().meta({ description: 'In any environment that you may read.' }),
  stale: z.enum(['not-evaluated', 'served-to-all']).nullable().meta({
    description:
      'Why it may be done with: for 30 days nobody has evaluated it, or nothing has changed and all get one variation, in the environments that you may read.',
  }),
});

export const targeting = documentAnswer('Targeting', {
  ...targetingBody.shape,
  project: z.string(),
  flag: z.string(),
  environment: z.string(),
});

export type EnvironmentSummary = Immutable<z.output<typeof environmentSummary>>;
export type Flag = Immutable<z.output<typeof flag>>;
export type FlagWithEnvironments = Immutable<z.output<typeof flagWithEnvironments>>;
export type Targeting = Immutable<z.output<typeof targeting>>;
