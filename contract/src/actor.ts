import { z } from 'zod';

/** Who did something. `system` is the server itself: first start, schedules. */
export const actorField = z.object({ kind: z.enum(['person', 'token', 'system']), id: z.string(), name: z.string() });
