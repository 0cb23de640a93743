import { differenceText, newText } from '../text/difference-text.ts';
import { plain } from '../text/output.ts';
import type { CheckedPlan, CheckedStep } from './check-plan.ts';
import { whereRefused } from './plan.ts';

/** Lines of one step; a flag of fifty rules would hide the others. */
const MAX_LINES = 30;

/**
 * A plan as people read it: what belongs to one flag stands together, with a blank line around it, and what each
 * environment gets is counted. An apply goes in an order of its own, see docs/decisions/0109.
 */
export function planText(plan: CheckedPlan, options: { readonly propose: boolean }): string {
  const { project, url, steps, impossible, notes } = plan;
  const blocks = bySubject(steps).map((group) => group.map((step) => stepText(step, options.propose)).join(''));
  const wrong = impossible.map((each) => {
    const where = whereRefused(each, undefined);
    return `! ${plain(each.what)}\n    ${plain(`${where}${each.message}`)}\n    ${plain(each.fix)}\n`;
  });
  const later = steps.filter(({ verdict }) => verdict.kind === 'later').length;
  const unknown = steps.some(({ verdict }) => verdict.kind === 'unknown');
  const told = notes.map(({ what, message }) => `Note: ${plain(what)}: ${plain(message)}\n`);
  if (later > 0) {
    const stand = later === 1 ? 'stands on others, and is' : 'stand on others, and are';
    told.push(`Note: ${later} of these ${stand} judged when those are done.\n`);
  }
  if (unknown) told.push('Note: the server has no dry runs; what it would refuse is not known yet.\n');
  const body = [...blocks, wrong.join('')].filter(Boolean).join('\n');
  const head = `Project ${plain(project)} at ${plain(url)}\n\n`;
  const sums = `${environmentSums(steps)}${sumText(plan)}\n`;
  return `${head}${body}${body ? '\n' : ''}${told.join('')}${told.length > 0 ? '\n' : ''}${sums}`;
}

/** Project and environments; segments; then a group for each flag, what is archived last. */
function bySubject(steps: readonly CheckedStep[]): CheckedStep[][] {
  const groups = new Map<string, CheckedStep[]>();
  for (const step of steps) {
    const [kind = '', key = ''] = step.document.split('/');
    const subject = kind === 'flag' || kind === 'targeting' ? `flag/${key}` : kind === 'segment' ? kind : 'project';
    const name = step.sign === '-' ? 'archived' : subject;
    groups.set(name, [...(groups.get(name) ?? []), step]);
  }
  const archived = groups.get('archived') ?? [];
  groups.delete('archived');
  return [...groups.values(), archived].filter((group) => group.length > 0);
}

/** `In production: 1 to make, 2 to change.`, a line for each environment in which something is done to flags. */
function environmentSums(steps: readonly CheckedStep[]): string {
  const changed = new Map<string, Map<string, '+' | '~' | '-'>>();
  for (const { document, sign } of steps) {
    const [kind, flag = '', environment] = document.split('/');
    if (kind !== 'targeting' || environment === undefined) continue;
    changed.set(environment, (changed.get(environment) ?? new Map()).set(flag, sign));
  }
  const lines = [...changed].map(([environment, flags]) => {
    const count = (sign: string) => [...flags.values()].filter((each) => each === sign).length;
    const counts = [count('+') && `${count('+')} to make`, count('~') && `${count('~')} to change`].filter(Boolean);
    return `In ${plain(environment)}: ${counts.join(', ')}.\n`;
  });
  return lines.join('');
}

/** `3 to make, 1 to change, 0 to archive`. */
export function sumText({ steps, impossible }: Pick<CheckedPlan, 'steps' | 'impossible'>): string {
  const count = (sign: string) => steps.filter((step) => step.sign === sign).length;
  const refused = impossible.length + steps.filter(({ verdict }) => verdict.kind === 'refused').length;
  const wrong = refused > 0 ? ` ${refused} would be refused.` : '';
  if (steps.length + impossible.length === 0) return 'Nothing to do: the server is as the files say.';
  return `${count('+')} to make, ${count('~')} to change, ${count('-')} to archive.${wrong}`;
}

function stepText(step: CheckedStep, propose: boolean): string {
  // What stood in the rules of a flag that was off was served to nobody, and is taken from nobody.
  const wasOff = step.differences.some(({ path, before }) => path === 'on' && before === false);
  const lines = step.differences.map((each) => {
    if (step.isNew) return newText(each);
    const isUnserved = wasOff && each.path === 'fallthrough';
    return differenceText(isUnserved ? { ...each, path: `${each.path} (served to nobody while off)` } : each);
  });
  if (lines.length > MAX_LINES) lines.splice(MAX_LINES, lines.length, `and ${lines.length - MAX_LINES} more`);
  const all = [...lines, ...verdictLines(step, propose)];
  return `${step.sign} ${plain(step.what)}\n${all.map((line) => `    ${line}\n`).join('')}`;
}

function verdictLines({ verdict }: CheckedStep, propose: boolean): string[] {
  switch (verdict.kind) {
    case 'refused':
      return [`REFUSED ${plain(verdict.code)}: ${plain(verdict.message)}`, plain(verdict.fix)].filter(Boolean);
    case 'needs approval':
      return [propose ? 'will be proposed, and waits for an approval' : 'REFUSED: needs an approval; use --propose'];
    case 'accepted':
      return [
        ...(verdict.needsReason ? ['needs a --reason'] : []),
        ...verdict.warnings.map((warning) => `warning: ${plain(warning)}`),
      ];
    default:
      return [];
  }
}
