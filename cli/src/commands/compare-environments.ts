import { isSameJson } from '@dimmer/core/same-json';
import type { ApiClient } from '../api/api-client.ts';
import { readPicture, type ServerTargeting } from '../api/picture.ts';
import type { RuleFile } from '../folder/file-format.ts';
import { ruleToFile, targetingToFile } from '../folder/to-file.ts';
import { differenceText } from '../text/difference-text.ts';
import { type Difference, differences } from '../text/differences.ts';
import { CommandProblem, EXIT } from '../text/exit-codes.ts';
import { countText, plain, type Terminal } from '../text/output.ts';

/** Two environments, beside each other. */
export interface Comparison {
  readonly from: string;
  readonly to: string;
  /** How many flags were looked at. */
  readonly compared: number;
  /** Those that are different. */
  readonly flags: readonly { readonly flag: string; readonly differences: readonly Difference[] }[];
}

/** Compares how flags stand in two environments of a project. */
export async function compareEnvironments(
  api: ApiClient,
  { from, to, flag }: { readonly from: string; readonly to: string; readonly flag: string | undefined },
  terminal: Terminal,
): Promise<Comparison> {
  // Asked first, so that a misspelled name is refused with those that there are.
  for (const name of [from, to])
    await api.ask('GET /projects/{project}/environments/{environment}', { environment: name });
  if (flag !== undefined) await api.ask('GET /projects/{project}/flags/{flag}', { flag });
  const wanted = ({ key }: { key: string }, environment: string) =>
    (environment === from || environment === to) && (flag === undefined || key === flag);
  const { targetings } = await readPicture(api, { archived: false, targeting: wanted, segments: false }, terminal);
  const all = [...targetings].flatMap(([key, byEnvironment]) => {
    const one = byEnvironment.get(from);
    const other = byEnvironment.get(to);
    return one && other ? [{ flag: key, differences: targetingDifferences(one, other) }] : [];
  });
  if (flag !== undefined && all.length === 0) {
    throw new CommandProblem(EXIT.refused, `"${flag}" is archived, or your token does not reach both environments.`);
  }
  return { from, to, compared: all.length, flags: all.filter(({ differences: found }) => found.length > 0) };
}

/** The same as lines. */
export function comparisonText({ from, to, compared, flags }: Comparison): string {
  if (flags.length === 0) {
    return `No difference between ${plain(from)} and ${plain(to)} in ${countText(compared, 'flag')}.\n`;
  }
  const blocks = flags.map(({ flag, differences: found }) => {
    return `${plain(flag)}\n${found.map((each) => `    ${differenceText(each)}\n`).join('')}`;
  });
  const head = `${plain(from)} → ${plain(to)}: ${flags.length} of ${countText(compared, 'flag')} differ\n\n`;
  return head + blocks.join('');
}

function targetingDifferences(one: ServerTargeting, other: ServerTargeting): Difference[] {
  return differences(comparable(one, other), comparable(other, one));
}

/** What matters for who gets what: not who killed it and when, nor what a rule is called that is the same in both. */
function comparable(targeting: ServerTargeting, other: ServerTargeting): Record<string, unknown> {
  const { prerequisites = [], targets = [], dials = {}, ...rest } = targetingToFile(targeting);
  const others = other.rules.map((rule) => ruleToFile(rule));
  const rules = targeting.rules.map((rule) => namedAlike(ruleToFile(rule), others));
  const { on, killed, absent = false } = targeting;
  return { served: !absent, ...rest, on, killed: killed !== undefined, prerequisites, targets, rules, dials };
}

/** Rules that were made apart have ids of their own. Those with the same content go by one name. */
function namedAlike(rule: RuleFile, others: readonly RuleFile[]): RuleFile {
  if (others.some(({ id }) => id === rule.id)) return rule;
  const { id: own, ...content } = rule;
  const twin = others.find(({ id: _id, ...each }) => isSameJson(each, content));
  if (!twin) return rule;
  const [id] = [own, twin.id].sort();
  return id === undefined ? rule : { ...rule, id };
}
