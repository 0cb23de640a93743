import type { ChangeRequest, RequestState } from '../../api/change-requests.ts';
import { shownText } from '../../sentences/shown-text.ts';

/** What is to be changed of something, in a word or two. */
const WHAT: Readonly<Record<string, string>> = {
  'flag.rollout': 'rollout',
  'flag.toggle': 'switch',
  'flag.restore': 'restore',
  'flag.archive': 'archive',
  'flag.unarchive': 'back from the archive',
  'flag.update': 'details',
  'targeting.replace': 'rules',
  'rule.add': 'new rule',
  'rule.update': 'rule',
  'rule.remove': 'rule less',
  'rule.reorder': 'order of rules',
  'change.revert': 'undo a change',
  'segment.update': 'segment',
  'environment.update': 'environment',
};

/** What a request is about: `new-checkout in production: rollout`. */
export function requestTitle({ title, environment }: Pick<ChangeRequest, 'title' | 'environment'>): string {
  const [command = '', ...rest] = title.split(' ');
  const where = environment === null ? '' : ` in ${environment}`;
  const what = WHAT[command] ?? command.split('.').at(-1) ?? command;
  return shownText(`${rest.join(' ')}${where}: ${what}`);
}

/** What a state means for the person who looks at it. */
export const STATES: Readonly<Record<RequestState, { readonly name: string; readonly color: string }>> = {
  open: { name: 'waits for approval', color: 'orange' },
  approved: { name: 'approved, not applied yet', color: 'blue' },
  scheduled: { name: 'will be applied', color: 'blue' },
  applied: { name: 'applied', color: 'green' },
  rejected: { name: 'rejected', color: 'red' },
  withdrawn: { name: 'withdrawn', color: 'gray' },
  failed: { name: 'could not be applied', color: 'red' },
};

/** The instant of a `datetime-local` field, ms since 1970 in the reader's zone; `null`: there is none in it. */
export function instantIn(text: string): number | null {
  const at = new Date(text).getTime();
  return Number.isNaN(at) ? null : at;
}

/** An instant as a `datetime-local` field has it, to the minute, in the reader's zone. */
export function fieldText(at: number): string {
  const date = new Date(at);
  const local = new Date(at - date.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}
