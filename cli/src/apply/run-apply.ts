import type { Command } from 'commander';
import { type CommandWorld, show } from '../command-world.ts';
import type { CheckedPlan } from '../plan/check-plan.ts';
import { planText, sumText } from '../plan/plan-text.ts';
import { isRefused, type PlanOptions, planJson, preparePlan } from '../plan/run-plan.ts';
import { CommandProblem, EXIT } from '../text/exit-codes.ts';
import { plain } from '../text/output.ts';
import { type Applied, applyPlan, type Done } from './apply-plan.ts';

/** `dimmer apply`. */
export async function runApply(world: CommandWorld, command: Command, folder: string): Promise<void> {
  const {
    json,
    yes,
    propose = false,
    reason,
  } = command.optsWithGlobals<PlanOptions & { json?: boolean; yes?: boolean }>();
  const { api, plan, pruned } = await preparePlan(world, command, folder);
  const say = json ? () => {} : world.terminal.out;
  say(planText(plan, { propose }));
  const refused = reasonNotToBegin(plan, propose);
  if (plan.steps.length === 0 || refused) {
    if (json) show(world, command, { plan: planJson(plan, propose), done: [], left: [], stopped: null }, String);
    if (refused) throw refused;
    return;
  }
  await confirm(world, plan, yes === true);
  if (pruned.toAgree > 0) await confirmPrune(world, pruned.toAgree);
  const applied = await applyPlan(api, plan, { reason, propose, onDone: (done) => say(doneText(done)) });
  show(world, command, { plan: planJson(plan, propose), ...appliedJson(applied) }, () => endText(applied));
  if (applied.stopped) world.exitCode = applied.stopped.problem.exitCode;
}

/** What is known to fail half way is not begun. */
function reasonNotToBegin(plan: CheckedPlan, propose: boolean): CommandProblem | undefined {
  if (isRefused(plan, propose)) {
    return new CommandProblem(EXIT.refused, 'Some of it would be refused, so nothing has been applied.');
  }
  const needing = plan.steps.find(({ verdict }) => verdict.kind === 'accepted' && verdict.needsReason);
  if (!needing) return undefined;
  return new CommandProblem(
    EXIT.usage,
    `${needing.what} needs a reason. Nothing has been applied.`,
    'Add: --reason "…"',
  );
}

async function confirm({ terminal }: CommandWorld, plan: CheckedPlan, yes: boolean): Promise<void> {
  if (yes) return;
  if (!terminal.ask) {
    throw new CommandProblem(EXIT.usage, 'Nobody is there to be asked. Nothing has been applied.', 'Add: --yes');
  }
  const answer = await terminal.ask(
    `${sumText(plan)} Apply it to ${plain(plan.project)} at ${plain(plan.url)}? [y/N] `,
  );
  if (!/^y(es)?$/i.test(answer.trim())) throw new CommandProblem(EXIT.refused, 'Nothing has been applied.');
}

/** `--yes` was said before anybody saw the number; for so much the number has to be written. */
async function confirmPrune({ terminal }: CommandWorld, count: number): Promise<void> {
  const much = `It would archive ${count} flags and segments, which is most of a kind, or many.`;
  if (!terminal.ask) {
    const fix = `If they shall go: --prune-at-most ${count}`;
    throw new CommandProblem(EXIT.refused, `${much} Nothing has been applied.`, fix);
  }
  const answer = await terminal.ask(`${much} Write their number to go on: `);
  if (answer.trim() !== String(count)) throw new CommandProblem(EXIT.refused, 'Nothing has been applied.');
}

function doneText(done: Done): string {
  const what = `${done.step.sign} ${plain(done.step.what)}`;
  switch (done.kind) {
    case 'applied':
      return `applied   ${what} (revision ${done.revision})\n`;
    case 'unchanged':
      return `was so    ${what}\n`;
    case 'proposed':
      return `proposed  ${what} (change request ${plain(done.changeRequest)}${done.isNew ? '' : ', already open'})\n`;
    case 'waiting':
      return `waits     ${what}, for the approval of ${plain(done.on)}\n`;
  }
}

function endText({ done, left, stopped }: Applied): string {
  const count = (kind: Done['kind']) => done.filter((each) => each.kind === kind).length;
  const waiting = count('proposed') + count('waiting');
  const sum = `Applied ${count('applied') + count('unchanged')} of ${done.length + left.length + (stopped ? 1 : 0)}`;
  const rest = waiting > 0 ? `; ${waiting} wait for an approval: apply again when it is given` : '';
  if (!stopped) return `${sum}${rest}.\n`;
  const { step, problem } = stopped;
  const isCertain = problem.exitCode === EXIT.refused;
  const lines = [
    `STOPPED   ${step.sign} ${plain(step.what)}: ${plain(problem.message)}`,
    ...(problem.fix ? [`          ${plain(problem.fix)}`] : []),
    ...(isCertain ? [] : ['          It may have been applied all the same.']),
    ...left.map(({ sign, what }) => `not done  ${sign} ${plain(what)}`),
    `${sum}${rest}. Apply again when that is mended: what is done is left as it is.`,
  ];
  return `${lines.join('\n')}\n`;
}

function appliedJson({ done, left, stopped }: Applied): object {
  return {
    done: done.map(({ step, ...rest }) => ({ what: step.what, document: step.document, ...rest })),
    left: left.map(({ what, document }) => ({ what, document })),
    stopped: stopped
      ? { what: stopped.step.what, message: stopped.problem.message, fix: stopped.problem.fix ?? null }
      : null,
  };
}
