import type { ChangeLog } from '../change-log/change-log.ts';
import type { Change } from '../changes/change.ts';
import { type Moment, NEVER, rulesetIds, touches } from '../state/moment.ts';
import type { Instance } from './instance.ts';
import type { InstanceRegistry } from './instance-registry.ts';
import { type Propagation, propagationOf, type Target } from './propagation.ts';

/** How often it is looked whether everybody has applied a change: in memory, or by a query. */
const LOOK_MS = { own: 10, shared: 60 } as const;

/** After each look so many times as long as it took. */
const LOOKS_REST = 5;

const PAGE = 50;

/** What is known of instances, and whether that is all. */
export interface Known {
  readonly items: readonly Instance[];
  /** False: other servers cannot be asked, so theirs are missing. */
  readonly everywhere: boolean;
}

/** How far one change has come in one environment. */
export interface EnvironmentPropagation extends Propagation {
  readonly environment: string;
  /** The change asked about. */
  readonly revision: number;
  /** The id of the servers' ruleset right after it. */
  readonly id: string;
  /** The same of the browsers'. */
  readonly browserId: string;
  /** False: other servers cannot be asked, so their instances are missing. `complete` is false then. */
  readonly everywhere: boolean;
  /** How long ago it was committed, ms, by this server's clock. */
  readonly ageMs: number;
}

/** What all servers on one database know of instances. */
interface SharedInstances {
  /** Everybody that any server has known in the last ten minutes. Rejects with a `StoreError`. */
  list(project: string, environment: string): Promise<readonly Instance[]>;
}

interface PropagationsOptions {
  readonly changeLog: ChangeLog;
  readonly registry: InstanceRegistry;
  /** `null`: there is no other server. */
  readonly shared: SharedInstances | null;
  /** Ms since 1970. Default: `Date.now`. */
  readonly now?: () => number;
}

/** Answers whether a change has reached everybody, by the receipts of instances. */
export class Propagations {
  readonly #options: PropagationsOptions;

  constructor(options: PropagationsOptions) {
    this.#options = options;
  }

  /** Those connected to any server, and those that were until a little while ago. */
  async instances(project: string, environment: string): Promise<Known> {
    const { registry, shared } = this.#options;
    if (shared === null) return { items: registry.list(project, environment), everywhere: true };
    try {
      return { items: await shared.list(project, environment), everywhere: true };
    } catch {
      return { items: registry.list(project, environment), everywhere: false };
    }
  }

  /**
   * How far a change has come.
   *
   * @param revision of any change: what counts is the last one up to it that touched the environment. Default: the last
   */
  async propagation(project: string, environment: string, revision?: number): Promise<EnvironmentPropagation> {
    const target = await this.#target(project, environment, revision);
    return this.#standing(project, environment, target);
  }

  /**
   * Resolves when every instance that is connected, and says what it applies, has applied a change; or when the time is
   * up, with who has not.
   *
   * @returns one for each environment that the change touched
   */
  async applied(change: Change, timeoutMs: number): Promise<EnvironmentPropagation[]> {
    const { state } = this.#options.changeLog;
    const { project } = change;
    if (project === null) return [];
    const touched = [...state.environments(project)]
      .map(({ body }) => body.key)
      .filter((environment) => change.writes.some((write) => touches(write, project, environment)));
    const until = performance.now() + timeoutMs;
    return Promise.all(
      touched.map((environment) => this.#wait(project, environment, dueOf(change, project, environment), until)),
    );
  }

  async #wait(project: string, environment: string, due: Due, until: number): Promise<EnvironmentPropagation> {
    const lookMs = this.#options.shared === null ? LOOK_MS.own : LOOK_MS.shared;
    for (;;) {
      const startedAt = performance.now();
      const standing = await this.#standing(project, environment, due);
      const now = performance.now();
      if (standing.complete || now >= until) return standing;
      // Where there are very many instances a look takes milliseconds, and must not become all that this server does.
      const waitMs = Math.max(lookMs, LOOKS_REST * (now - startedAt));
      await new Promise((resolve) => setTimeout(resolve, Math.min(waitMs, until - now)));
    }
  }

  async #standing(project: string, environment: string, due: Due): Promise<EnvironmentPropagation> {
    const { items, everywhere } = await this.instances(project, environment);
    const target: Target = {
      ...due,
      headRevision: this.#options.changeLog.state.head.revision,
      now: (this.#options.now ?? Date.now)(),
    };
    const propagation = propagationOf(items, target);
    const { ids, revision } = due;
    return {
      environment,
      revision,
      id: ids.server,
      browserId: ids.browser,
      ...propagation,
      complete: propagation.complete && everywhere,
      everywhere,
      ageMs: Math.max(0, target.now - due.at),
    };
  }

  async #target(project: string, environment: string, revision: number | undefined): Promise<Due> {
    const { changeLog } = this.#options;
    const newest = changeLog.state.moment(project, environment);
    if (revision === undefined || revision >= newest.revision) return dueOf(newest, project, environment);
    // The history of an environment has its keys too, which no SDK is sent.
    for (let before = revision + 1; ; ) {
      const { entries, hasMore } = await changeLog.history({ project, environment, before, limit: PAGE });
      const change = entries.find(({ writes }) => writes.some((write) => touches(write, project, environment)));
      if (change) return dueOf(change, project, environment);
      const last = entries.at(-1);
      if (last === undefined || !hasMore) return dueOf(NEVER, project, environment);
      before = last.revision;
    }
  }
}

type Due = Omit<Target, 'headRevision' | 'now'> & { readonly revision: number };

function dueOf(moment: Moment, project: string, environment: string): Due {
  return { revision: moment.revision, at: moment.at, ids: rulesetIds(moment, project, environment) };
}
