import { hasStages } from '@dimmer/core/flag-types';
import type { Command } from './command.ts';
import { editTargeting } from './edit-targeting.ts';
import type { TargetingName } from './find.ts';
import { refuse } from './refusal.ts';

// Why: decision 0061.
/**
 * Turns some of the dials that hold the shadows of a launch or migration in check, in one environment. SDKs obey at
 * once. Refuses: `FLAG_TYPE_WRONG` if the flag casts no shadows.
 */
export function setDials(where: TargetingName, input: Readonly<Record<string, unknown>>): Command {
  return editTargeting('dials.set', where, ({ flag, targeting }) => {
    const { type, key } = flag.body;
    if (!hasStages(type)) {
      return refuse('FLAG_TYPE_WRONG', `"${key}" is a ${type} flag; only launches and migrations have dials.`, {
        fix: 'Make a flag of type launch for code that is to run in the shadow.',
      });
    }
    const { dials: before = {}, ...rest } = targeting.body;
    const set = Object.entries({ ...before, ...input }).filter(([, value]) => value !== null && value !== undefined);
    return set.length > 0 ? { ...rest, dials: Object.fromEntries(set) } : rest;
  });
}
