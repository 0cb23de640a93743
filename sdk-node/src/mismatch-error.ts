import type { LaunchOutcome } from '@dimmer/client';

/** Named in the message; all are in `outcomes`. */
const NAMED = 10;
const MOST_CHARACTERS = 200;

/** Control and candidate were not alike, or nobody knows whether they are. */
export class MismatchError extends Error {
  override readonly name = 'MismatchError';
  readonly code = 'LAUNCH_MISMATCH';
  readonly outcomes: readonly LaunchOutcome<unknown>[];

  constructor(outcomes: readonly LaunchOutcome<unknown>[]) {
    const lines = outcomes.slice(0, NAMED).map((outcome) => `\n- ${lineOf(outcome)}`);
    const more = outcomes.length - lines.length;
    super(`Not alike, or not compared:${lines.join('')}${more > 0 ? `\nand ${more} more` : ''}`);
    this.outcomes = outcomes;
  }
}

function lineOf({ flag, stage, difference, shed, notCompared, control, candidate }: LaunchOutcome<unknown>): string {
  const what = `${flag} at ${stage}`;
  if (shed) return `${what}: the other side did not run, or not to its end (${shed})`;
  if (notCompared) return `${what}: not compared (${notCompared})`;
  const [one, two] = difference
    ? [difference.control, difference.candidate]
    : [control, candidate].map((side) => side && (side.failed ? side.error : side.value));
  const at = difference?.path ? ` at ${difference.path}` : '';
  return `${what}: different${at}: ${shown(one)}, and ${shown(two)}`;
}

function shown(value: unknown): string {
  try {
    const text = value instanceof Error ? `${value}` : (JSON.stringify(value) ?? String(value));
    return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
  } catch {
    return 'something that cannot be shown';
  }
}
