import { z } from '@hono/zod-openapi';
import { keyField } from '../documents/fields.ts';
import { ruleIdField } from '../documents/rules.ts';

/** What paths are made of. */
export const inProject = z.object({ project: keyField });
export const inEnvironment = inProject.extend({ environment: keyField });
export const ofFlag = inProject.extend({ flag: keyField });
export const ofTargeting = ofFlag.extend({ environment: keyField });
export const ofRule = ofTargeting.extend({ rule: ruleIdField });
export const ofSegment = inProject.extend({ segment: keyField });

const DEFAULT_PAGE = 100;
const MAX_PAGE = 1_000;

/** A whole number in a query or path. Its type is told to OpenAPI, which would else allow for null. */
export const countField = z.coerce.number().int().min(0).openapi({ type: 'integer' });

/** How a list is read in pages: in the order of keys. */
export const pageQuery = z.object({
  /** The `next` of the page before. */
  after: z.string().optional(),
  limit: countField.min(1).max(MAX_PAGE).default(DEFAULT_PAGE),
});

/** One page of things in the order of their keys. */
export function pageOf<Item>(
  items: Iterable<Item>,
  keyOf: (item: Item) => string,
  { after, limit }: z.output<typeof pageQuery>,
): { items: Item[]; next: string | null } {
  const sorted = [...items].sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
  const rest = after === undefined ? sorted : sorted.filter((item) => keyOf(item) > after);
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  return { items: page, next: rest.length > limit && last !== undefined ? keyOf(last) : null };
}
