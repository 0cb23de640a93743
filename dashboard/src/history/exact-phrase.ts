import type { Change, DocumentDifference } from '../api/changes.ts';
import type { Targeting } from '../api/targeting.ts';
import { conditionsSentence } from '../sentences/condition-sentence.ts';
import { formatPercent } from '../sentences/percent.ts';
import { serveSentence, sharesOf } from '../sentences/serve-sentence.ts';
import { shownText } from '../sentences/shown-text.ts';
import { keysText } from './difference-line.ts';
import { isSame } from './field-difference.ts';

type Told = Pick<Change, 'command' | 'subject' | 'environment'>;
type Documents = readonly DocumentDifference[];

/**
 * What somebody did, as exactly as its documents tell it; `null`: no better than in general.
 *
 * @param what the subject and where it is, e.g. `new-checkout in production`
 */
export function exactPhrase(change: Told, documents: Documents, what: string): string | null {
  const { command, environment } = change;
  const targeting = documents.find(({ kind, id }) => kind === 'targeting' && id.endsWith(`/${environment}`));
  if (targeting && targeting.before !== null && targeting.after !== null) {
    return targetingPhrase(command, targeting.before as Targeting, targeting.after as Targeting, what);
  }
  const [first] = documents;
  if (!first || first.after === null) return null;
  if (command.startsWith('key.')) return keyPhrase(change, first.after as KeyBody);
  if (first.before === null) return null;
  if (command === 'segment.members') return membersPhrase(change, first.before as Lists, first.after as Lists);
  if (command === 'flag.update') return updatePhrase(change, first.before as object, first.after as object);
  return null;
}

interface KeyBody {
  readonly name?: string;
  readonly kind?: string;
}

function keyPhrase({ command, environment }: Told, { name, kind }: KeyBody): string {
  const act = { 'key.create': 'created', 'key.rotate': 'rotated', 'key.revoke': 'revoked' }[command] ?? 'changed';
  const noun = kind === 'admin' ? 'admin token' : `${kind} key`;
  const named = name ? ` “${shownText(name)}”` : '';
  return `${act} the ${noun}${named}${environment === null ? '' : ` for ${shownText(environment)}`}`;
}

interface Lists {
  readonly included?: readonly string[];
  readonly excluded?: readonly string[];
}

function membersPhrase({ subject }: Told, before: Lists, after: Lists): string | null {
  const more = (was: readonly string[] = [], is: readonly string[] = []): readonly string[] => {
    const known = new Set(was);
    return is.filter((key) => !known.has(key));
  };
  const included = more(before.included, after.included);
  const excluded = more(before.excluded, after.excluded);
  const acts = [
    ...(included.length > 0 ? [`included ${keysText(included)}`] : []),
    ...(excluded.length > 0 ? [`excluded ${keysText(excluded)}`] : []),
  ];
  const where = `${included.length > 0 ? 'in' : 'from'} the segment ${shownText(subject)}`;
  return acts.length === 0 ? null : `${acts.join(' and ')} ${where}`;
}

function updatePhrase({ subject }: Told, before: object, after: object): string | null {
  const was = new Map(Object.entries(before));
  const is = new Map(Object.entries(after));
  const fields = [...new Set([...was.keys(), ...is.keys()])].filter((name) => !isSame(was.get(name), is.get(name)));
  return fields.length === 0 ? null : `changed ${fields.map(shownText).join(', ')} of the flag ${shownText(subject)}`;
}

function targetingPhrase(command: string, before: Targeting, after: Targeting, what: string): string | null {
  switch (command) {
    case 'flag.toggle':
      return `turned ${what} ${after.on ? 'on' : 'off'}`;
    case 'flag.restore':
      return after.on ? null : `restored ${what}: off, as before the kill`;
    case 'flag.rollout':
    case 'fallthrough.set':
      return rolloutPhrase(before, after, what);
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

function rolloutPhrase(before: Targeting, after: Targeting, what: string): string {
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
