import { z } from 'zod';
import { ruleIdField } from './documents/rules.ts';
import { keyField } from './fields.ts';

/** What paths are made of. */
const named = (example: string) => keyField.meta({ example });

export const inProject = z.object({ project: named('shop') });
export const inEnvironment = inProject.extend({ environment: named('production') });
export const ofFlag = inProject.extend({ flag: keyField });
export const ofTargeting = ofFlag.extend({ environment: named('production') });
export const ofRule = ofTargeting.extend({ rule: ruleIdField });
export const ofSegment = inProject.extend({ segment: named('testers') });

const DEFAULT_PAGE = 100;
const MAX_PAGE = 1_000;

/** A whole number in a query or path. Its type is told to OpenAPI, which would else allow for null. */
export const countField = z.coerce.number().int().min(0).meta({ type: 'integer' });

/** How a list is read in pages: in the order of keys. */
export const pageQuery = z.object({
  /** The `next` of the page before. */
  after: z.string().optional(),
  limit: countField.min(1).max(MAX_PAGE).default(DEFAULT_PAGE),
});
