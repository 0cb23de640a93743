import { z } from 'zod';
import { countField } from './path-params.ts';

const MAX_WAIT_MS = 60_000;
const DEFAULT_WAIT_MS = 5_000;

const yes = z.enum(['true']).optional();

/** How a write is asked to wait, or to be something less than a write. */
export const writeFields = z.strictObject({
  dryRun: yes.meta({ description: 'Say what would come of it; write nothing.' }),
  propose: yes.meta({ description: 'Make it a change request, which a second person approves. Needs a reason.' }),
  wait: z.enum(['applied']).optional().meta({
    description: 'Answer when every connected instance has applied the change, or when `timeoutMs` is up.',
  }),
  timeoutMs: countField.max(MAX_WAIT_MS).default(DEFAULT_WAIT_MS),
});
