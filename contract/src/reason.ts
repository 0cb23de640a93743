import { z } from 'zod';
import { LIMITS } from './limits.ts';

/** Why somebody does something. Optional for most commands, unless the environment is protected. */
export const reasonField = z.string().trim().min(1).max(LIMITS.reasonCharacters).meta({
  description: 'Why. Shown in the history. Required where the environment is protected, and for a kill.',
});
