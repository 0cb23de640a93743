import { OTHER } from '@dimmer/core/other';
import { z } from 'zod';
import { evaluationsAnswer, lastEvaluationsAnswer } from '../answers/evaluations.ts';
import { instancesAnswer } from '../answers/instances.ts';
import { launchReportAnswer } from '../answers/launch-report.ts';
import { propagationAnswer } from '../answers/propagation.ts';
import { keyField } from '../fields.ts';
import { countField, inEnvironment, ofTargeting } from '../path-params.ts';
import { route } from '../route.ts';

const tag = 'Propagation';

/** As SDKs are configured. */
const nameField = z.string().min(1).max(100);

export const propagationRoutes = {
  listInstances: route({
    method: 'get',
    path: '/projects/{project}/environments/{environment}/instances',
    tag,
    summary: 'SDK clients that are connected, or were within the last ten minutes, and what they have applied',
    params: inEnvironment,
    answer: instancesAnswer,
  }),
  getPropagation: route({
    method: 'get',
    path: '/projects/{project}/environments/{environment}/propagation',
    tag,
    summary: 'Whether a change has reached everybody: how many have applied it, who has not, and how long it took',
    params: inEnvironment,
    query: z.strictObject({
      revision: countField.optional().meta({
        type: 'integer',
        description: 'Of a change. Default: the last one that this environment is made of.',
      }),
    }),
    answer: propagationAnswer,
  }),
  listEvaluations: route({
    method: 'get',
    path: '/projects/{project}/flags/{flag}/environments/{environment}/evaluations',
    tag,
    summary:
      'How often a flag served which variation, by the minute, as SDKs have counted; of a flag that browsers may see, whoever has their public key can add what they like',
    params: ofTargeting.extend({ flag: keyField.or(z.literal(OTHER)) }),
    query: z.object({
      from: z.string().optional().meta({
        description: 'RFC 3339 with zone, or milliseconds since 1970. Default: an hour before `to`.',
      }),
      to: z.string().optional().meta({ description: 'The same. Default: now.' }),
    }),
    answer: evaluationsAnswer,
  }),
  listLastEvaluations: route({
    method: 'get',
    path: '/projects/{project}/environments/{environment}/evaluations',
    tag,
    summary:
      'When each flag of an environment was last evaluated, as SDKs say, browsers too, whose key is public; flags that never were are absent',
    params: inEnvironment,
    answer: lastEvaluationsAnswer,
  }),
  getLaunchReport: route({
    method: 'get',
    path: '/projects/{project}/flags/{flag}/environments/{environment}/launch',
    tag,
    summary: 'How a launch or migration is doing: errors, latency, differences, and whether it may go live',
    params: ofTargeting,
    query: z.strictObject({
      from: z.string().optional().meta({
        description:
          'RFC 3339 with zone, or milliseconds since 1970; or `change`: since the rules of the flag changed here last. Default: an hour before `to`.',
      }),
      to: z.string().optional().meta({ description: 'The same. Default: now. At most 7 days after `from`.' }),
      audience: z.enum(['all', 'server', 'browser']).default('all').meta({
        description: 'Whose word: browser keys are public, and whoever has one can make figures up.',
      }),
      application: nameField.optional().meta({
        description: 'Only what this application tells, as its SDK is configured: a name, or `name@version`.',
      }),
      version: nameField.optional().meta({ description: 'Only what applications of this version tell.' }),
      instance: nameField.optional().meta({ description: 'Only what this instance tells.' }),
      candidate: nameField.optional().meta({
        description: 'About this further candidate, instead of the one that is to go live.',
      }),
      format: z.enum(['json', 'text']).optional().meta({
        description: '`text` is for terminals. Default: what `Accept` prefers, else `json`.',
      }),
    }),
    answer: launchReportAnswer,
    text: 'The same, to be read by people.',
  }),
} as const;
