import { z } from 'zod';
import { changeAnswer, changeWithDocuments, historyAnswer, verificationAnswer } from '../answers/change.ts';
import { deletedDocument } from '../answers/document.ts';
import { flag, targeting } from '../answers/flag.ts';
import { segment } from '../answers/segment.ts';
import { writeAnswer } from '../answers/write.ts';
import { keyField } from '../fields.ts';
import { revertInput } from '../inputs/changes.ts';
import { countField } from '../path-params.ts';
import { route } from '../route.ts';

const DEFAULT_PAGE = 50;
const MAX_PAGE = 500;
const tag = 'Changes';

const pageOfHistory = z.object({
  /** Only changes before this revision: the `next` of the page before. */
  before: countField.optional(),
  /** Only changes after this revision. */
  after: countField.optional(),
  /** Only changes since this instant: RFC 3339 with zone, or milliseconds since 1970. */
  since: z.string().optional(),
  /** Only changes before this instant, in the same form. */
  until: z.string().optional(),
  /** Only changes by somebody whose name has this in it; upper and lower case are alike. */
  by: z.string().min(1).max(200).optional(),
  limit: countField.min(1).max(MAX_PAGE).default(DEFAULT_PAGE),
});
export const flagHistoryQuery = pageOfHistory.extend({ environment: keyField.optional() });
export const changesQuery = flagHistoryQuery.extend({
  project: keyField.optional(),
  flag: keyField.optional(),
  segment: keyField.optional(),
});

const ofChange = z.object({ revision: countField.min(1) });

export const changeRoutes = {
  listChanges: route({
    method: 'get',
    path: '/changes',
    tag,
    summary: 'Changes of everything, newest first',
    query: changesQuery,
    answer: historyAnswer,
  }),
  verifyChanges: route({
    method: 'get',
    path: '/changes/verify',
    tag,
    summary: 'Check the hash chain of the whole log',
    answer: verificationAnswer,
  }),
  getChange: route({
    method: 'get',
    path: '/changes/{revision}',
    tag,
    summary: 'One change, with each document before and after',
    params: ofChange,
    answer: changeWithDocuments,
  }),
  revertChange: route({
    method: 'post',
    path: '/changes/{revision}/revert',
    tag,
    summary: 'Undo a change by a new one',
    params: ofChange,
    body: revertInput,
    answer: writeAnswer(z.union([targeting, flag, segment, deletedDocument])),
  }),
  followChanges: route({
    method: 'get',
    path: '/stream',
    tag,
    summary: 'Every change that you may read, as it is committed (server-sent events)',
    events:
      '`hello` with `{ revision, id }`, then `change` with a Change, `reset` when the history turned out to be another, `ping`.',
    answer: changeAnswer,
  }),
} as const;
