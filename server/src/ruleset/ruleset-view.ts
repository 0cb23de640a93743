import type { Audience } from '@dimmer/core';
import type { Change, Write } from '../changes/change.ts';
import { subjectOf } from '../documents/document.ts';
import type { Encoded } from '../encoding/encode-flag.ts';
import { type Pieces, payloadText, piecesOf } from '../encoding/payload.ts';
import { encodedFlag, encodedSegment, type Visible, visibleTo } from '../encoding/visible.ts';
import { type Moment, rulesetId, touches } from '../state/moment.ts';
import type { State } from '../state/state.ts';

/** Which ruleset: one environment of one project, for one audience. */
interface Scope {
  readonly project: string;
  readonly environment: string;
  readonly audience: Audience;
}

/**
 * One environment's ruleset for one audience, kept current. Costs what has changed, not what there is: the text of
 * every flag is kept, and the whole is put together when somebody asks for it.
 */
export class RulesetView {
  readonly #state: State;
  readonly #scope: Scope;
  #moment: Moment;
  #id: string;
  /** Flags that browsers get for their own sake. */
  #marked: ReadonlySet<string>;
  readonly #flags: Map<string, Encoded>;
  readonly #segments: Map<string, Encoded>;
  #snapshot: string | null = null;

  /** The ruleset as the state has it now. */
  constructor(state: State, scope: Scope) {
    this.#state = state;
    this.#scope = scope;
    this.#moment = state.moment(scope.project, scope.environment);
    this.#id = rulesetId(this.#moment, scope);
    const { marked, flags, segments } = this.#visible();
    this.#marked = marked;
    this.#flags = flags;
    this.#segments = segments;
  }

  /** `<revision>.<12 hex digits>`, see `rulesetId`. */
  get id(): string {
    return this.#id;
  }

  /** When that change was committed, ms since 1970. */
  get at(): number {
    return this.#moment.at;
  }

  /** The whole ruleset at `id`, as the JSON text of a `Snapshot`. The same text until `advance` moves the id. */
  snapshotJson(): string {
    this.#snapshot ??= payloadText({ id: this.id, at: this.at }, piecesOf(this.#flags), piecesOf(this.#segments));
    return this.#snapshot;
  }

  /**
   * Takes in the changes that have been committed since: all of them, in order, up to the state's head. Changes that it
   * knows already are passed over.
   *
   * @returns the JSON text of one `Patch` from the old id to the new one, or `null` if none of them touches this scope
   */
  advance(changes: readonly Change[]): string | null {
    const { project, environment } = this.#scope;
    const written: Write[] = [];
    const from = this.id;
    const known = this.#moment.revision;
    for (const change of changes) {
      if (change.revision <= known) continue;
      const touching = change.writes.filter((write) => touches(write, project, environment));
      if (touching.length === 0) continue;
      written.push(...touching);
      this.#moment = change;
    }
    if (written.length === 0) return null;
    this.#id = rulesetId(this.#moment, this.#scope);
    this.#snapshot = null;
    const pieces = this.#isPlain(written) ? this.#update(written) : this.#refresh();
    return payloadText({ from, id: this.id, at: this.at }, pieces.flags, pieces.segments);
  }

  /**
   * Goes over to what the state has now, without changes that lead there.
   *
   * @returns the JSON text of one `Patch` from the old id to the new one, or `null` if the id is the same
   */
  reload(): string | null {
    const from = this.id;
    this.#moment = this.#state.moment(this.#scope.project, this.#scope.environment);
    this.#id = rulesetId(this.#moment, this.#scope);
    if (this.id === from) return null;
    this.#snapshot = null;
    const { flags, segments } = this.#refresh();
    return payloadText({ from, id: this.id, at: this.at }, flags, segments);
  }

  /** Encodes each flag and segment, to be found when the whole is put together: see `encodeFlag`. */
  *pieces(): Generator<unknown> {
    const { project, environment } = this.#scope;
    for (const { body } of this.#state.flags(project)) yield encodedFlag(this.#state, project, environment, body.key);
    for (const { body } of this.#state.segments(project)) yield encodedSegment(this.#state, project, body.key);
  }

  /**
   * Whether only what has been written can have changed. So it is for servers, who see everything. For browsers, a mark
   * or a prerequisite on one flag can show or hide others.
   */
  #isPlain(written: readonly Write[]): boolean {
    return this.#scope.audience === 'server' || written.every((write) => this.#keepsVisibility(write));
  }

  #keepsVisibility(write: Write): boolean {
    if (write.kind !== 'flag' && write.kind !== 'targeting') return true;
    const { project, environment } = this.#scope;
    const key = subjectOf(write);
    const isMarked = this.#state.flag(project, key)?.body.browser === true;
    const before = this.#flags.get(key);
    if (!before) return !isMarked;
    const now = encodedFlag(this.#state, project, environment, key);
    return now !== undefined && isMarked === this.#marked.has(key) && isSameList(before.needs, now.needs);
  }

  #update(written: readonly Write[]): { flags: Pieces; segments: Pieces } {
    const { audience, project, environment } = this.#scope;
    const isHidden = (held: ReadonlyMap<string, Encoded>, key: string) => audience === 'browser' && !held.has(key);
    const flags = new Map<string, string | null>();
    const segments = new Map<string, string | null>();
    for (const write of written) {
      const key = subjectOf(write);
      if (write.kind === 'segment') {
        if (isHidden(this.#segments, key)) continue;
        put(this.#segments, segments, key, encodedSegment(this.#state, project, key));
      } else if (write.kind === 'flag' || write.kind === 'targeting') {
        if (isHidden(this.#flags, key)) continue;
        put(this.#flags, flags, key, encodedFlag(this.#state, project, environment, key));
      }
    }
    return { flags, segments };
  }

  /** Recomputes what is visible: a walk over the project's flags (5,000 of them: 2 ms) that encodes none again. */
  #refresh(): { flags: Pieces; segments: Pieces } {
    const { marked, flags, segments } = this.#visible();
    this.#marked = marked;
    return { flags: replace(this.#flags, flags), segments: replace(this.#segments, segments) };
  }

  #visible(): Visible {
    const { audience, project, environment } = this.#scope;
    return visibleTo(audience, this.#state, project, environment);
  }
}

/** Puts one piece in its place and notes it, unless it is as it was. */
function put(
  held: Map<string, Encoded>,
  pieces: Map<string, string | null>,
  key: string,
  encoded: Encoded | undefined,
): void {
  const before = held.get(key);
  if (encoded) held.set(key, encoded);
  else held.delete(key);
  if (before?.json === encoded?.json) return;
  pieces.set(key, encoded?.json ?? null);
}

function replace(held: Map<string, Encoded>, now: ReadonlyMap<string, Encoded>): Pieces {
  const pieces = new Map<string, string | null>();
  for (const [key, encoded] of now) {
    // The same object, nearly always: texts are compared only if it has been encoded again.
    if (held.get(key) !== encoded) put(held, pieces, key, encoded);
  }
  if (held.size > now.size) for (const key of [...held.keys()]) if (!now.has(key)) put(held, pieces, key, undefined);
  return pieces;
}

function isSameList(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((item, index) => item === other[index]);
}
