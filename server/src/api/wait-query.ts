import { z } from '@hono/zod-openapi';
import { countField } from './path-fields.ts';

const MAX_WAIT_MS = 60_000;
const DEFAULT_WAIT_MS = 5_000;

/** How a write is asked to answer only when instances have applied it. */
export const waitQuery = z.strictObject({
  wait: z.enum(['applied']).optional().openapi({
    description: 'Answer when every connected instance has applied the change, or when `timeoutMs` is up.',
  }),
  timeoutMs: countField.max(MAX_WAIT_MS).default(DEFAULT_WAIT_MS),
});
