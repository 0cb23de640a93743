import { z } from 'zod';
import { historyAnswer } from '../answers/change.ts';
import { flag, flagWithEnvironments } from '../answers/flag.ts';
import { listAnswer } from '../answers/list.ts';
import { writeAnswer } from '../answers/write.ts';
import { archiveFlagInput, createFlagInput, updateFlagInput } from '../inputs/flags.ts';
import { inProject, ofFlag, pageQuery } from '../path-params.ts';
import { route } from '../route.ts';
import { flagHistoryQuery } from './changes.ts';

const tag = 'Flags';
const written = writeAnswer(flag);

export const flagRoutes = {
  listFlags: route({
    method: 'get',
    path: '/projects/{project}/flags',
    tag,
    summary: 'Flags, with their state in every environment',
    params: inProject,
    query: pageQuery.extend({
      archived: z.enum(['no', 'yes', 'all']).default('no'),
      /** Part of a key, name or description; upper and lower case are alike. */
      search: z.string().max(200).optional(),
      tag: z.string().optional(),
      owner: z.string().optional(),
      purpose: z.string().optional(),
    }),
    answer: listAnswer(flagWithEnvironments),
  }),
  createFlag: route({
    method: 'post',
    path: '/projects/{project}/flags',
    tag,
    summary: 'Create a flag, off in every environment',
    params: inProject,
    body: createFlagInput,
    answer: written,
    status: 201,
  }),
  getFlag: route({
    method: 'get',
    path: '/projects/{project}/flags/{flag}',
    tag,
    summary: 'One flag, with its state in every environment',
    params: ofFlag,
    answer: flagWithEnvironments,
  }),
  updateFlag: route({
    method: 'patch',
    path: '/projects/{project}/flags/{flag}',
    tag,
    summary: 'Change what is the same in all environments',
    params: ofFlag,
    body: updateFlagInput,
    answer: written,
  }),
  archiveFlag: route({
    method: 'post',
    path: '/projects/{project}/flags/{flag}/archive',
    tag,
    summary: 'Take a flag out of every ruleset',
    params: ofFlag,
    body: archiveFlagInput,
    isBodyOptional: true,
    answer: written,
  }),
  unarchiveFlag: route({
    method: 'post',
    path: '/projects/{project}/flags/{flag}/unarchive',
    tag,
    summary: 'Bring an archived flag back, as it was',
    params: ofFlag,
    answer: written,
  }),
  flagHistory: route({
    method: 'get',
    path: '/projects/{project}/flags/{flag}/history',
    tag: 'Changes',
    summary: 'Changes of a flag, newest first',
    params: ofFlag,
    query: flagHistoryQuery,
    answer: historyAnswer,
  }),
} as const;
