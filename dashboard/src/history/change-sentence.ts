import type { Change, DocumentDifference } from '../api/changes.ts';
import { shownText } from '../sentences/shown-text.ts';
import { exactPhrase } from './exact-phrase.ts';

type Told = Pick<Change, 'command' | 'subject' | 'environment' | 'project'>;
type Documents = readonly DocumentDifference[];

/** Commands that need no more than their subject. `%` stands for it, `@` for ` in <environment>`. */
const PHRASES: Readonly<Record<string, string>> = {
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
  'key.adopt': 'noted whose token this is',
  'change.revert': 'reverted a change of %@',
  'person.create': 'came in by single sign-on',
  'person.update': 'changed the name or roles of %',
  'person.disable': 'disabled the account of %',
  'person.enable': 'let % in again',
  'invitation.set-up': 'made a link to set the server up',
  'invitation.invitation': 'invited %',
  'invitation.reset': 'made a link for a new password of %',
  'invitation.revoke': 'revoked the invitation of %',
  'invitation.accept': 'came in by a link',
  'change-request.create': 'proposed a change@',
  'change-request.approve': 'approved a change request@',
  'change-request.reject': 'rejected a change request@',
  'change-request.withdraw': 'withdrew a change request@',
  'change-request.schedule': 'set the time for a change request@',
  'change-request.clear': 'cleared % closed change requests away@',
  'change-request.fail': 'could not apply a change request@',
};

/**
 * What somebody did, after their name: `raised new-checkout in production from 1 % to 10 %`.
 *
 * @param documents before and after, once they are known: without them it is said in general
 */
export function changePhrase(change: Told, documents: Documents = []): string {
  const where = change.environment === null ? '' : ` in ${shownText(change.environment)}`;
  const subject = shownText(change.subject);
  const known = exactPhrase(change, documents, `${subject}${where}`);
  if (known !== null) return known;
  const phrase = PHRASES[change.command];
  // A newer server does things that this page does not know.
  if (phrase === undefined) return `did ${shownText(change.command)} to ${subject}${where}`;
  const named = nameIn(documents) ?? subject;
  const about = requestedIn(documents);
  if (about !== null) return `${phrase.replace('@', '')} of ${about}${where}`;
  return phrase.replace(/[%@]/g, (mark) => (mark === '%' ? named : where));
}

/** The same with the name of who did it. */
export function changeSentence(change: Told & Pick<Change, 'actor'>, documents: Documents = []): string {
  return `${shownText(change.actor.name)} ${changePhrase(change, documents)}`;
}

/** People and invitations have ids for subjects, which say nothing to anybody. */
function nameIn(documents: Documents): string | null {
  const document = documents.find(({ kind }) => kind === 'person' || kind === 'invitation');
  const { name, email } = (document?.after ?? document?.before ?? {}) as { name?: string; email?: string | null };
  return name || email ? shownText(name || email || '') : null;
}

/** What a change request is about: `flag.rollout new-checkout` is the title that it has from its command. */
function requestedIn(documents: Documents): string | null {
  const document = documents.find(({ kind }) => kind === 'change-request');
  const { title } = (document?.after ?? document?.before ?? {}) as { title?: string };
  const [, ...subject] = title?.split(' ') ?? [];
  return subject.length === 0 ? null : shownText(subject.join(' '));
}
