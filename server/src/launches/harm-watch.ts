import type { Logger } from '../logger.ts';
import { turn } from '../turn.ts';
import { afterMinute, type HarmMinute, type Hold, type HoldState, holdAt, NOTHING_HELD } from './hold.ts';
import type { LaunchCursor, LaunchMinute, LaunchStore } from './launch-store.ts';

const MINUTE_MS = 60_000;
/** What a server that has just started reads. */
const LOOK_BACK_MS = 60 * MINUTE_MS;
/** Rows of a minute may still change for so long; what is told later than that is not evidence any more. */
const OPEN_MS = 3 * MINUTE_MS;
/** A launch is looked at so often at most; and no more, after nobody has told of it for so long, unless it is held. */
const LOOK_MS = 10_000;
const IDLE_MS = 2 * MINUTE_MS;
/** Launches looked at in one go, and known at all. */
const LOOKED_AT_ONCE = 20;
const MOST_WATCHED = 2_000;
const ROWS_READ = 200;

/** A launch in an environment. */
interface Place {
  readonly project: string;
  readonly environment: string;
  readonly flag: string;
}

interface Watched extends Place {
  /** When it was last told of to this server, and last looked at, ms since 1970. */
  toldAt: number;
  lookedAt: number;
  /** The rules that are judged; others begin anew. */
  revision: number;
  /** At the end of the last minute that nobody adds to any more. */
  closed: HoldState;
  /** Where the first open minute begins, ms since 1970. */
  openFrom: number;
  /** At present. */
  state: HoldState;
  /** It is being looked at. */
  looking: Promise<void> | undefined;
}

interface HarmWatchOptions {
  readonly store: Pick<LaunchStore, 'read'>;
  /** The revision of the last change of a flag's rules. */
  readonly lastChange: (project: string, environment: string, flag: string) => number;
  readonly now: () => number;
  readonly logger: Logger;
}

/**
 * Watches by the rows of all servers on one database whether shadows make callers wait that no process can see by itself,
 * and says how many to let in. Only what server keys tell is believed. Nothing of it is written: it follows from the rows.
 */
export class HarmWatch {
  readonly #options: HarmWatchOptions;
  readonly #watched = new Map<string, Watched>();

  constructor(options: HarmWatchOptions) {
    this.#options = options;
  }

  /** Pairs of windows were told of, by somebody with a server key. */
  told(place: Place): void {
    const watched = this.#at(place);
    if (watched) watched.toldAt = this.#options.now();
  }

  /** How it is held by what was seen last; undefined: it is not. */
  holdOf(place: Place): Hold | undefined {
    const watched = this.#watched.get(keyOf(place));
    return watched && holdAt(watched.state, this.#options.now()).hold;
  }

  /** All that are held by what was seen last. */
  held(): readonly (Place & Hold)[] {
    const now = this.#options.now();
    return [...this.#watched.values()].flatMap(({ project, environment, flag, state }) => {
      const { hold } = holdAt(state, now);
      return hold ? [{ project, environment, flag, ...hold }] : [];
    });
  }

  /** How one is held by what is written now, for whichever server took it. */
  async seek(place: Place): Promise<Hold | undefined> {
    const watched = this.#at(place);
    if (watched) await this.#lookOnce(watched);
    return this.holdOf(place);
  }

  /** Looks at those that were told of. Never rejects. */
  async look(): Promise<void> {
    const now = this.#options.now();
    const due: Watched[] = [];
    for (const [key, watched] of this.#watched) {
      const isIdle = now - watched.toldAt > IDLE_MS && !holdAt(watched.state, now).hold;
      if (isIdle && now - watched.lookedAt > LOOK_BACK_MS) this.#watched.delete(key);
      else if (!isIdle && now - watched.lookedAt >= LOOK_MS) due.push(watched);
    }
    due.sort((one, other) => one.lookedAt - other.lookedAt);
    try {
      for (const watched of due.slice(0, LOOKED_AT_ONCE)) {
        await this.#lookOnce(watched);
        await turn();
      }
    } catch (error) {
      this.#options.logger.warn('Whether shadows harm callers could not be looked at; it is tried again', {
        error: String(error),
      });
    }
  }

  #at({ project, environment, flag }: Place): Watched | undefined {
    const key = keyOf({ project, environment, flag });
    const known = this.#watched.get(key);
    if (known || this.#watched.size >= MOST_WATCHED) return known;
    const now = this.#options.now();
    const watched: Watched = {
      project,
      environment,
      flag,
      toldAt: now,
      lookedAt: 0,
      revision: -1,
      closed: NOTHING_HELD,
      openFrom: 0,
      state: NOTHING_HELD,
      looking: undefined,
    };
    this.#watched.set(key, watched);
    return watched;
  }

  #lookOnce(watched: Watched): Promise<void> {
    watched.looking ??= this.#look(watched).finally(() => {
      watched.looking = undefined;
    });
    return watched.looking;
  }

  async #look(watched: Watched): Promise<void> {
    const { now, lastChange, logger } = this.#options;
    const { project, environment, flag } = watched;
    const present = now();
    const revision = lastChange(project, environment, flag);
    if (watched.revision !== revision) {
      // Other rules may run other code, for other people.
      Object.assign(watched, { revision, closed: NOTHING_HELD, openFrom: minuteOf(present - LOOK_BACK_MS) });
    }
    const before = watched.state.hold;
    const openFrom = minuteOf(present - OPEN_MS);
    let state = watched.closed;
    for await (const minute of this.#minutes(watched, present)) {
      if (minute.at >= openFrom && watched.openFrom < openFrom) this.#close(watched, state, openFrom);
      state = afterMinute(state, minute);
    }
    if (watched.openFrom < openFrom) this.#close(watched, state, openFrom);
    watched.state = holdAt(state, present);
    watched.lookedAt = present;
    const { hold } = watched.state;
    if (hold && hold.at !== before?.at) {
      logger.warn(
        'Callers are slower while shadows of a launch run, by the figures of all processes: fewer are let in',
        {
          project,
          environment,
          flag,
          sharePercent: hold.sharePercent,
        },
      );
    }
  }

  #close(watched: Watched, state: HoldState, openFrom: number): void {
    watched.closed = state;
    watched.openFrom = openFrom;
  }

  /** What was told of each minute that is not closed, oldest first. */
  async *#minutes({ project, environment, flag, openFrom, revision }: Watched, to: number): AsyncGenerator<HarmMinute> {
    let sum: HarmMinute | undefined;
    for await (const row of this.#rows({ project, environment, flag }, openFrom, to)) {
      const { switchback, source } = row.observation;
      if (row.audience !== 'server' || !switchback || (source && source.revision < revision)) continue;
      if (sum && sum.at !== row.minute) yield sum;
      const { worse, better, sharePercent } = sum?.at === row.minute ? sum : NO_PAIRS;
      sum = {
        at: row.minute,
        worse: worse + switchback.worse,
        better: better + switchback.better,
        sharePercent: Math.max(sharePercent, switchback.share.high),
      };
    }
    if (sum) yield sum;
  }

  async *#rows(place: Place, from: number, to: number): AsyncGenerator<LaunchMinute> {
    let after: LaunchCursor | undefined;
    do {
      const { minutes, next } = await this.#options.store.read({ ...place, from, to: to + 1 }, ROWS_READ, after);
      yield* minutes;
      after = next;
    } while (after);
  }
}

const NO_PAIRS = { worse: 0, better: 0, sharePercent: 0 } as const;

/** Where the minute of an instant begins, ms since 1970. */
function minuteOf(at: number): number {
  return at - (at % MINUTE_MS);
}

function keyOf({ project, environment, flag }: Place): string {
  return JSON.stringify([project, environment, flag]);
}
