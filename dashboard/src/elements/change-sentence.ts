import type { Change, DocumentDifference } from '../server/changes.ts';
import type { Targeting } from '../server/targeting.ts';
import { conditionsSentence } from './condition-sentence.ts';
import { isSame } from './field-difference.ts';
import { formatPercent } from './percent.ts';
import { serveSentence, sharesOf } from './serve-sentence.ts';
import { shownText } from './shown-text.ts';

type Told = Pick<Change, 'command' | 'subject' | 'environment' | 'project'>;
type Documents = readonly DocumentDifference[];

/** Deeds that need no more than their subject. `%` stands for it, `@` for ` in <environment>`. */
const DEEDS: Readonly<Record<string, string>> = {
  'flag.create': 'created the flag %',
  'flag.update': 'changed the flag %',
  'flag.archive': 'archived the flag %',
  'flag.unarchive': 'brought the flag % back from the archive',
  'flag.toggle': 'switched %@',
  'flag.kill': 'killed %@',
  'flag.restore': 'restored %@',
  'flag.rollout': 'changed the rollout of %@',
  'fallthrough.set': 'changed what everybody else gets of %@',
  'off-variation.set': 'changed what % serves when off@',
  'rule.add': 'added a rule to %@',
  'rule.update': 'edited a rule of %@',
  'rule.remove': 'removed a rule of %@',
  'rule.reorder': 'put the rules of % in another order@',
  'targeting.replace': 'edited the rules of %@',
  'targets.add': 'added individual targets to %@',
  'targets.remove': 'removed individual targets of %@',
  'prerequisites.set': 'changed the prerequisites of %@',
  'dials.set': 'turned the dials of %@',
  'segment.create': 'created the segment %',
  'segment.update': 'changed the segment %',
  'segment.members': 'changed who is in the segment %',
  'segment.archive': 'archived the segment %',
  'segment.unarchive': 'brought the segment % back from the archive',
  'environment.create': 'created the environment %',
  'environment.update': 'changed the environment %',
  'project.create': 'created the project %',
  'project.update': 'changed the project %',
  'key.create': 'created a key@',
  'key.rotate': 'rotated a key@',
  'key.revoke': 'revoked a key@',
  'change.revert': 'reverted a change of %@',
};

/**
 * What somebody did, after their name: `raised new-checkout in production from 1 % to 10 %`.
 *
 * @param documents before and after, once they are known: without them it is said in general
 */
export function changeDeed(change: Told, documents: Documents = []): string {
  const where = change.environment === null ? '' : ` in ${shownText(change.environment)}`;
  const subject = shownText(change.subject);
  const known = exactDeed(change, documents, `${subject}${where}`);
  if (known !== null) return known;
  const deed = DEEDS[change.command];
  // A newer server does things that this page does not know.
  if (deed === undefined) return `did ${shownText(change.command)} to ${subject}${where}`;
  return deed.replace(/[%@]/g, (mark) => (mark === '%' ? subject : where));
}

/** The same with the name of who did it. */
export function changeSentence(change: Told & Pick<Change, 'actor'>, documents: Documents = []): string {
  return `${shownText(change.actor.name)} ${changeDeed(change, documents)}`;
}

function exactDeed({ command, environment }: Told, documents: Documents, what: string): string | null {
  const targeting = documents.find(({ kind, id }) => kind === 'targeting' && id.endsWith(`/${environment}`));
  if (targeting && targeting.before !== null && targeting.after !== null) {
    return targetingDeed(command, targeting.before as Targeting, targeting.after as Targeting, what);
  }
  const key = documents.find(({ kind }) => kind === 'key')?.after as { name?: string; kind?: string } | undefined;
  if (key && command.startsWith('key.')) {
    const act = { 'key.create': 'created', 'key.rotate': 'rotated', 'key.revoke': 'revoked' }[command] ?? 'changed';
    const noun = key.kind === 'admin' ? 'admin token' : `${key.kind} key`;
    const named = key.name ? ` “${shownText(key.name)}”` : '';
    return `${act} the ${noun}${named}${environment === null ? '' : ` for ${shownText(environment)}`}`;
  }
  return null;
}

function targetingDeed(command: string, before: Targeting, after: Targeting, what: string): string | null {
  switch (command) {
    case 'flag.toggle':
      return `turned ${what} ${after.on ? 'on' : 'off'}`;
    case 'flag.rollout':
    case 'fallthrough.set':
      return rolloutDeed(before, after, what);
    case 'rule.add': {
      const rule = after.rules.find(({ id }) => !before.rules.some((was) => was.id === id));
      return rule ? `added a rule to ${what}: ${conditionsSentence(rule.when)} → ${serveSentence(rule.serve)}` : null;
    }
    case 'rule.remove': {
      const rule = before.rules.find(({ id }) => !after.rules.some((is) => is.id === id));
      return rule ? `removed a rule of ${what}: ${conditionsSentence(rule.when)} → ${serveSentence(rule.serve)}` : null;
    }
    default:
      return null;
  }
}

function rolloutDeed(before: Targeting, after: Targeting, what: string): string {
  if (isSame(before.fallthrough, after.fallthrough) && before.on === after.on) {
    return `changed the rollout of a rule of ${what}`;
  }
  const one = onlyLit(before, after);
  if (one === null) {
    const was = before.on ? serveSentence(before.fallthrough) : 'off';
    return `set ${what} to ${after.on ? serveSentence(after.fallthrough) : 'off'}, from ${was}`;
  }
  const [was, is] = [litShare(before, one), litShare(after, one)];
  const from = before.on ? formatPercent(was) : 'off';
  const to = after.on ? formatPercent(is) : 'off';
  if (was === is) return `set ${what} from ${from} to ${to}`;
  return `${is > was ? 'raised' : 'lowered'} ${what} from ${from} to ${to}`;
}

/** The one variation besides `off` that anybody gets, before or after; `null`: there are more. */
function onlyLit(before: Targeting, after: Targeting): string | null {
  const served = [before, after].flatMap(({ fallthrough }) => [...sharesOf(fallthrough).keys()]);
  const lit = new Set(served.filter((variation) => variation !== after.off));
  const [one] = lit;
  // The stages of launches and migrations are names, and a bare percentage would not say of what.
  return lit.size === 1 && one !== undefined && after.off === 'off' && one === 'on' ? one : null;
}

function litShare({ on, fallthrough }: Targeting, variation: string): number {
  return on ? (sharesOf(fallthrough).get(variation) ?? 0) : 0;
}
