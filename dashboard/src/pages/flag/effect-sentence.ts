import { litVariations } from '@dimmer/core/light';
import { percentOf } from '@dimmer/core/percent';
import { compareTargetings, type Effect, type EffectGroup } from '@dimmer/core/targeting-effect';
import type { Flag } from '../../api/flags.ts';
import type { Serve, Targeting } from '../../api/targeting.ts';
import type { TargetingBody } from '../../api/targeting-body.ts';
import { weightsOf } from '../../api/weights.ts';
import { isSame } from '../../history/field-difference.ts';
import { shownText } from '../../sentences/shown-text.ts';
import { groupText, isDefaultGroup, isToggle, losing, type Subject } from './effect-group.ts';
import { ofThem, peopleOf } from './people.ts';

interface BesidesRules {
  /** It is not served here before: callers have the default in their own code, whatever the rules say. */
  readonly isAbsent?: boolean;
  /** A prerequisite that nobody meets now, so that nothing else matters. */
  readonly blockedBy?: string | null;
}

/** Groups named before the rest is a number. */
const MOST_GROUPS = 8;

/**
 * What will come of a change of a flag's rules, a sentence for each of those whom it touches, first for those whom no
 * target and no rule matches: `1 in 10 people will get on; nobody who has it now loses it.` Whole targetings are
 * compared, so that a promise is made only where it holds for everybody.
 *
 * @param standing what decides besides the rules
 */
export function effectSentences(
  flag: Subject,
  before: TargetingBody,
  after: TargetingBody,
  { isAbsent = false, blockedBy = null }: BesidesRules = {},
): readonly string[] {
  const off = shownText(after.off);
  if (isAbsent) return absentSentences(flag, before, after);
  if (!after.on) {
    if (before.on) return [`It will be off: everyone will get ${off}.`];
    return before.off === after.off
      ? [`Off. Everyone gets ${off}.`]
      : [`Off. Everyone will get ${off} instead of ${shownText(before.off)}.`];
  }
  if (blockedBy !== null && after.prerequisites.some((each) => each.flag === blockedBy)) {
    const now = `Everyone gets ${off} as long as nobody meets the prerequisite ${shownText(blockedBy)}.`;
    return [now, `Once it is met: ${servedSentence(flag, after, 'will get')}`];
  }
  const effect = compareTargetings(flag.seed, asStored(before), asStored(after));
  const others = effect.groups.filter((group) => !isDefaultGroup(group) && isMoving(group));
  const texts = others.slice(0, MOST_GROUPS).map((group) => groupText(flag, group, before, after));
  const more = others.length - texts.length;
  return [
    defaultSentence(flag, before, after, effect),
    ...texts,
    ...(more > 0 ? [`And ${more} more groups get something else.`] : []),
    ...(effect.isComplete ? [] : ['Too many rules differ to count who else gets something else: read the difference.']),
  ];
}

/** Nobody knows what callers have by their own default, so nothing is said of who keeps or loses it. */
function absentSentences(flag: Subject, before: TargetingBody, after: TargetingBody): readonly string[] {
  if (isSame(before, after)) return ['Not served here: everyone gets the default in their own code.'];
  const head = 'Now everyone gets the default in their own code.';
  if (!after.on) return [`${head} Everyone will get ${shownText(after.off)}.`];
  return [`${head} ${servedSentence(flag, after, 'will get')}`];
}

/** What decides about a flag in one environment besides its rules. */
export function besidesRules({ environments }: Flag, { environment, absent }: Targeting): BesidesRules {
  const summary = environments.find((each) => each.environment === environment);
  return { isAbsent: absent === true, blockedBy: summary?.blockedBy ?? null };
}

/** What those get whom no target and no rule matches, once the flag is on: `1 in 10 people get on.` */
export function servedSentence(flag: Subject, body: TargetingBody, verb: 'get' | 'will get' = 'get'): string {
  const many = body.rules.length;
  const rules = many === 0 ? '' : `, after ${many === 1 ? '1 rule' : `${many} rules`}`;
  return `${capital(sharesText(flag, body.fallthrough, verb))}${rules}.`;
}

function defaultSentence(flag: Subject, before: TargetingBody, after: TargetingBody, effect: Effect): string {
  const { rules, targets, prerequisites } = after;
  const isRest = rules.length + targets.length + prerequisites.length > 0;
  const group = effect.groups.find(isDefaultGroup);
  const isUnchanged = before.on && group !== undefined && !isMoving(group) && !group.isDrawnAnew;
  const shares = sharesText(flag, after.fallthrough, isUnchanged ? 'get' : 'will get');
  const head = capital(
    `${before.on ? '' : 'it is off now; '}${isRest ? 'of everyone not matched by a rule, ' : ''}${shares}`,
  );
  if (isUnchanged) return `${head}, unchanged.`;
  if (group?.isDrawnAnew) return `${head}. Who is among them is drawn anew, so people who have it now may lose it.`;
  const moved = movedText(flag, group, effect, isRest);
  // What is off has nobody who could lose it; unless off is what counts as having it.
  return !before.on && !moved.isLoss ? `${head}.` : `${head}${moved.text && `; ${moved.text}`}.`;
}

function movedText(
  flag: Subject,
  group: EffectGroup | undefined,
  { groups, isComplete }: Effect,
  isRest: boolean,
): { readonly text: string; readonly isLoss: boolean } {
  const loses = losing(flag);
  const { moves = [], isExact = false } = group ?? {};
  const lost = moves.filter(loses);
  const share = lost.reduce((sum, move) => sum + move.share, 0);
  const many = isRest ? ofThem(share * 100) : peopleOf(share * 100);
  const isOne = share >= 1 || share <= 0;
  const [gets, has] = isToggle(flag) ? ['loses', 'lose'] : ['gets', 'get'];
  const what = isToggle(flag) ? 'it' : 'another variation than now';
  if (lost.length > 0 && (!isExact || share <= 0)) return { text: `some may ${has} ${what}`, isLoss: true };
  if (lost.length > 0) return { text: `${many} ${isOne && !isRest ? gets : has} ${what}`, isLoss: true };
  if (!isComplete) return { text: '', isLoss: false };
  if (groups.some((each) => each.moves.some(loses))) return { text: `none of them ${gets} ${what}`, isLoss: false };
  return {
    text: isToggle(flag) ? 'nobody who has it now loses it' : 'nobody gets another variation than now',
    isLoss: false,
  };
}

function isMoving({ moves }: EffectGroup): boolean {
  return moves.some(({ from, to }) => from !== to);
}

function sharesText(flag: Subject, serve: Serve, verb: 'get' | 'will get'): string {
  const lit = litVariations(flag);
  const weights = [...weightsOf(serve)].filter(([, parts]) => parts > 0);
  const many = (percent: number): string => peopleOf(percent, 'by' in serve ? serve.by : undefined);
  const of = (match: (key: string) => boolean): number =>
    percentOf(weights.reduce((sum, [key, parts]) => sum + (match(key) ? parts : 0), 0));
  if (flag.type === 'boolean') return `${many(of(lit))} ${conjugate(of(lit), verb)} ${nameOf(flag, lit)}`;
  if (flag.type === 'launch') {
    const [live, dark] = [of((key) => key === 'live'), of((key) => key === 'dark')];
    const parts = [`${many(live)} ${conjugate(live, verb)} the new code (live)`];
    const runs = verb === 'get' ? 'runs' : 'will run';
    if (dark > 0) parts.push(`for ${many(dark)} it ${runs} unseen beside the old (dark)`);
    return parts.join('; ');
  }
  return weights
    .map(([key, parts]) => [key, percentOf(parts)] as const)
    .map(([key, share]) => `${many(share)} ${conjugate(share, verb)} ${shownText(key)}`)
    .join(', ');
}

/** `nobody gets`, `everyone gets`, `1 in 10 people get`. */
function conjugate(percent: number, verb: string): string {
  return verb === 'get' && (percent <= 0 || percent >= 100) ? 'gets' : verb;
}

function nameOf({ variations }: Subject, lit: (key: string) => boolean): string {
  return shownText(variations.find(({ key }) => lit(key))?.key ?? 'on');
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The page knows operators as text only: a newer server may have more. */
function asStored(body: TargetingBody): Parameters<typeof compareTargetings>[1] {
  return body as Parameters<typeof compareTargetings>[1];
}
