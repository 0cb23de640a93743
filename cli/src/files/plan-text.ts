import { differenceText, newText } from '../difference-text.ts';
import { plain } from '../output.ts';
import type { CheckedPlan, CheckedStep } from './check-plan.ts';
import { whereRefused } from './where-refused.ts';

/** Lines of one step; a flag of fifty rules would hide the others. */
const MAX_LINES = 30;

/** A plan as people read it. */
export function planText(plan: CheckedPlan, options: { readonly propose: boolean }): string {
  const { project, url, steps, impossible, notes } = plan;
  const blocks = steps.map((step) => stepText(step, options.propose));
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
  const body = [...blocks, ...wrong].join('');
  const head = `Project ${plain(project)} at ${plain(url)}\n\n`;
  return `${head}${body}${body ? '\n' : ''}${told.join('')}${told.length > 0 ? '\n' : ''}${sumText(plan)}\n`;
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
