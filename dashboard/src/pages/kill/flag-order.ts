import type { EnvironmentSummary, Flag } from '../../api/flags.ts';

const MOST_RECENT = 8;
const MOST_FOUND = 30;

/** A flag, and how it stands in the environment that is looked at. */
export interface FlagEntry {
  readonly flag: Flag;
  readonly summary: EnvironmentSummary;
}

/** Flags in the order in which somebody on call looks for them. */
export interface FlagOrder {
  readonly killed: readonly FlagEntry[];
  readonly pinned: readonly FlagEntry[];
  /** On, and changed last: that is where trouble comes from. */
  readonly recent: readonly FlagEntry[];
  /** With a search: all that it finds, killed ones first. */
  readonly found: readonly FlagEntry[] | null;
  readonly moreFound: number;
}

/** Sorts flags for one environment. A flag stands in one place only: killed before pinned before recent. */
export function orderFlags(
  flags: readonly Flag[],
  environment: string,
  pins: ReadonlySet<string>,
  search: string,
): FlagOrder {
  const all = flags.flatMap((flag): FlagEntry[] => {
    const summary = flag.archived ? undefined : flag.environments.find((each) => each.environment === environment);
    return summary ? [{ flag, summary }] : [];
  });
  const killed = all.filter(({ summary }) => summary.killed).sort(byKillTime);
  const alive = all.filter(({ summary }) => !summary.killed);
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const matching =
    words.length === 0 ? null : [...killed, ...alive].filter(({ flag }) => matches(flag, words)).sort(byHit(search));
  return {
    killed,
    pinned: alive.filter(({ flag }) => pins.has(flag.key)),
    recent: alive
      .filter(({ flag, summary }) => summary.on && !pins.has(flag.key))
      .sort((one, other) => revisionOf(other) - revisionOf(one))
      .slice(0, MOST_RECENT),
    found: matching?.slice(0, MOST_FOUND) ?? null,
    moreFound: Math.max(0, (matching?.length ?? 0) - MOST_FOUND),
  };
}

function matches({ key, name, tags, owner }: Flag, words: readonly string[]): boolean {
  const text = [key, name, owner, ...tags].join('\n').toLowerCase();
  return words.every((word) => text.includes(word));
}

/** The key that was typed whole comes first, then killed ones; else as they were. */
function byHit(search: string): (one: FlagEntry, other: FlagEntry) => number {
  const exact = search.trim().toLowerCase();
  const rank = ({ flag, summary }: FlagEntry): number =>
    flag.key.toLowerCase() === exact ? 0 : summary.killed ? 1 : 2;
  return (one, other) => rank(one) - rank(other);
}

function byKillTime(one: FlagEntry, other: FlagEntry): number {
  return (other.summary.killed?.at ?? 0) - (one.summary.killed?.at ?? 0);
}

function revisionOf({ flag, summary }: FlagEntry): number {
  return Math.max(flag.revision, summary.revision);
}
