import { z } from 'zod';

export const revertInput = z.strictObject({ force: z.boolean().default(false) });
