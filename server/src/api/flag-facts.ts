import type { ChangeLog } from '../change-log/change-log.ts';
import type { Live } from '../documents/document.ts';
import type { Evaluations } from '../evaluations/evaluations.ts';
import { asOneVariation } from './one-variation.ts';

const DAY_MS = 86_400_000;
/** A flag that has done nothing for this long is worth asking about. */
const STALE_MS = 30 * DAY_MS;
/** Permissions and switches of operations are meant to stay; the others are meant to go. */
const PASSING = new Set(['release', 'launch', 'experiment']);

/** While the database is away flags are still shown, from memory, and this is left out. */
const PATIENCE_MS = 1_000;
/** Each change of a flag adds one; ten times what a project has is enough to remember. */
const MOST_COMMITS = 50_000;

/** What a list says of a flag besides its documents. */
export interface FlagFacts {
  readonly lastChange: { readonly revision: number; readonly at: number; readonly by: string } | null;
  /** In any environment that was asked about, ms since 1970. */
  readonly lastEvaluatedAt: number | null;
  /** Why it might be cleaned away. */
  readonly stale: null | 'not-evaluated' | 'served-to-all';
}

interface Terms {
  readonly changeLog: ChangeLog;
  readonly evaluations: Pick<Evaluations, 'lastEvaluations'>;
  /** Ms since 1970. */
  readonly now: () => number;
}

interface Where {
  readonly project: string;
  readonly environments: readonly string[];
}

/** Who changed which flag last, when it was last evaluated, and whether it looks done with. */
export class FlagFactsReader {
  readonly #terms: Terms;
  /** Who made a commit is looked up once; but if a backup is brought back, its revision is another's. */
  readonly #commits = new Map<number, { readonly at: number; readonly by: string }>();

  constructor(terms: Terms) {
    this.#terms = terms;
    terms.changeLog.subscribe(
      () => {},
      () => this.#commits.clear(),
    );
  }

  /**
   * Facts of some flags of one project, in their order.
   *
   * @param environments those that the reader may see: when something was changed or evaluated elsewhere is not theirs to know
   */
  async read(
    project: string,
    flags: readonly Live<'flag'>[],
    environments: readonly string[],
  ): Promise<readonly FlagFacts[]> {
    const { now } = this.#terms;
    const where = { project, environments };
    const revisions = flags.map((flag) => this.#lastRevision(where, flag));
    const evaluated = await inTime(this.#look(where, flags, revisions), null);
    return flags.map((flag, index) => {
      const revision = revisions[index] ?? 0;
      const commit = this.#commits.get(revision);
      const lastEvaluatedAt = evaluated?.get(flag.body.key) ?? null;
      const isSettled = commit !== undefined && now() - commit.at > STALE_MS;
      return {
        lastChange: commit ? { revision, ...commit } : null,
        lastEvaluatedAt,
        stale: isSettled && evaluated !== null ? this.#stale(where, flag, lastEvaluatedAt) : null,
      };
    });
  }

  #lastRevision({ project, environments }: Where, flag: Live<'flag'>): number {
    const { state } = this.#terms.changeLog;
    let last = flag.revision;
    for (const environment of environments)
      last = Math.max(last, state.targeting(project, flag.body.key, environment)?.revision ?? 0);
    return last;
  }

  async #look(
    where: Where,
    flags: readonly Live<'flag'>[],
    revisions: readonly number[],
  ): Promise<ReadonlyMap<string, number>> {
    await this.#learn(revisions);
    // A page reads one flag again whenever it changes; the others are not asked for then.
    return this.#evaluated(where, flags.length === 1 ? flags[0]?.body.key : undefined);
  }

  async #learn(revisions: readonly number[]): Promise<void> {
    if (this.#commits.size > MOST_COMMITS) this.#commits.clear();
    const unknown = [...new Set(revisions)].filter((revision) => !this.#commits.has(revision));
    for (const { revision, at, actor } of await this.#terms.changeLog.commits(unknown))
      this.#commits.set(revision, { at, by: actor.name });
  }

  async #evaluated({ project, environments }: Where, flag: string | undefined): Promise<ReadonlyMap<string, number>> {
    const { evaluations } = this.#terms;
    const latest = new Map<string, number>();
    for (const environment of environments) {
      const found = await evaluations.lastEvaluations({ project, environment }, flag);
      for (const [key, at] of found) latest.set(key, Math.max(at, latest.get(key) ?? 0));
    }
    return latest;
  }

  #stale({ project, environments }: Where, { body }: Live<'flag'>, lastEvaluatedAt: number | null): FlagFacts['stale'] {
    const { now, changeLog } = this.#terms;
    if (body.archived || !PASSING.has(body.purpose) || environments.length === 0) return null;
    if (lastEvaluatedAt === null || now() - lastEvaluatedAt > STALE_MS) return 'not-evaluated';
    const { state } = changeLog;
    const served = environments.map((environment) => {
      const targeting = state.targeting(project, body.key, environment)?.body;
      return targeting?.on ? asOneVariation(targeting) : null;
    });
    return served.every((variation) => variation !== null) ? 'served-to-all' : null;
  }
}

/** What somebody waits for, or `instead` if it fails or takes too long. */
function inTime<Value, Instead>(work: Promise<Value>, instead: Instead): Promise<Value | Instead> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(instead), PATIENCE_MS);
    work.then(resolve, () => resolve(instead)).finally(() => clearTimeout(timer));
  });
}
