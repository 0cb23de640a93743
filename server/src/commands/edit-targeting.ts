import type { TargetingBody, Warning } from '@dimmer/contract';
import { place } from '../documents/document.ts';
import type { State } from '../state/state.ts';
import { accept, type Command, type Facts } from './command.ts';
import { type FoundTargeting, findTargeting, type TargetingName } from './find.ts';
import type { Refused } from './refusal.ts';

type Edit = (found: FoundTargeting, facts: Facts) => TargetingBody | Refused;
/** Why a change of this targeting needs no second person; `null`: it needs one where that is so. */
type Alone = (found: FoundTargeting, facts: Facts, state: State) => string | null;

/**
 * A command that turns one targeting into another. Refuses what every such command refuses: `PROJECT_NOT_FOUND`,
 * `ENVIRONMENT_NOT_FOUND`, `FLAG_NOT_FOUND`, `FLAG_ARCHIVED`; what comes out is checked by `checkDrafts`.
 */
export function editTargeting(
  name: string,
  where: TargetingName,
  edit: Edit,
  { alone, ...options }: Pick<Command, 'precondition' | 'needsReason' | 'neverWaits'> & { readonly alone?: Alone } = {},
): Command {
  const { project, flag, environment } = where;
  const about = place.targeting(project, flag, environment);
  return {
    name,
    project,
    environment,
    subject: flag,
    about,
    ...options,
    decide(state, facts) {
      const found = findTargeting(state, where);
      if ('refusal' in found) return found;
      const edited = edit(found, facts);
      if ('refusal' in edited) return edited;
      const body = saidOf(name, found.targeting.body, edited);
      const why = alone?.(found, facts, state) ?? null;
      const warnings = warningsAbout(name, flag, found.targeting.body, body);
      return { ...accept([{ ...about, body }], warnings), ...(why !== null && { alone: why }) };
    },
  };
}

/** Commands that say nothing of who gets a flag, nor that it is to be served here. */
const SAYS_NOTHING = ['flag.kill', 'flag.restore'];

/**
 * Whoever turns a flag on, or says what its default rule serves, has said who gets it; and whoever saves its targeting
 * at all has said that it is to be served here. A kill says neither, nor does taking it back.
 */
function saidOf(command: string, before: TargetingBody, { fresh, absent, ...body }: TargetingBody): TargetingBody {
  return {
    ...body,
    ...(fresh && !body.on && body.fallthrough === before.fallthrough && { fresh }),
    ...(absent && !body.on && SAYS_NOTHING.includes(command) && { absent }),
  };
}

function warningsAbout(command: string, flag: string, before: TargetingBody, body: TargetingBody): Warning[] {
  if (command === 'flag.restore' && !before.killed) {
    const message = `"${flag}" is not killed here, and stays ${before.on ? 'on' : 'off'}: there is nothing to restore.`;
    return [{ code: 'FLAG_NOT_KILLED', message }];
  }
  if (body.on) {
    if (command !== 'flag.toggle' || body.fallthrough === before.fallthrough) return [];
    const message = `Nobody had said who gets "${flag}" here, so it is on for everybody. For some, roll it out to a percentage.`;
    return [{ code: 'ON_FOR_EVERYBODY', message }];
  }
  if (body.absent) {
    return [
      { code: 'FLAG_ABSENT', message: `"${flag}" is not served here yet: callers get the default in their own code.` },
    ];
  }
  return [
    {
      code: 'FLAG_OFF',
      message: `"${flag}" ${whyOff(command, body)}: everybody gets its off variation "${body.off}".`,
    },
  ];
}

function whyOff(command: string, { killed }: TargetingBody): string {
  if (killed) return 'has been killed here';
  return command === 'flag.restore' ? 'was off before it was killed here, and is off again' : 'is off here';
}
