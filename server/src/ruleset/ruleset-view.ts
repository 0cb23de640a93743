import type { Audience } from '@dimmer/core';
import type { Change, Write } from '../change-log/change.ts';
import { subjectOf } from '../documents/document.ts';
import { idAt, type Moment, touches } from '../state/moment.ts';
import type { State } from '../state/state.ts';
import type { Encoded } from './encode-flag.ts';
import { type Pieces, payloadText, piecesOf } from './payload.ts';
import { encodedFlag, encodedSegment, type Visible, visibleTo } from './visible.ts';

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
  readonly #flags: Map<string, Encoded>;
  readonly #segments: Map<string, Encoded>;
  #snapshot: string | null = null;

  /** The ruleset as the state has it now. */
  constructor(state: State, scope: Scope) {
    this.#state = state;
    this.#scope = scope;
    this.#moment = state.moment(scope.project, scope.environment);
    const { flags, segments } = this.#visible();
    this.#flags = flags;
    this.#segments = segments;
  }

  /** `<revision>.<12 hex digits>` of the last change that touched this environment. */
  get id(): string {
    return idAt(this.#moment);
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
    this.#snapshot = null;
    const pieces = this.#scope.audience === 'browser' ? this.#refresh() : this.#update(written);
    return payloadText({ from, id: this.id, at: this.at }, pieces.flags, pieces.segments);
  }

  /** For servers: only what has been written can have changed. */
  #update(written: readonly Write[]): { flags: Pieces; segments: Pieces } {
    const { project, environment } = this.#scope;
    const flags = new Map<string, string | null>();
    const segments = new Map<string, string | null>();
    for (const write of written) {
      const key = subjectOf(write);
      if (write.kind === 'segment') {
        put(this.#segments, segments, key, encodedSegment(this.#state, project, key));
      } else if (write.kind === 'flag' || write.kind === 'targeting') {
        put(this.#flags, flags, key, encodedFlag(this.#state, project, environment, key));
      }
    }
    return { flags, segments };
  }

  /**
   * For browsers: a prerequisite or a mark on one flag can show or hide others, so what is visible is worked out again.
   * That walks over the project's flags but encodes nothing anew; 5,000 flags take well under a millisecond.
   */
  #refresh(): { flags: Pieces; segments: Pieces } {
    const visible = this.#visible();
    return { flags: replace(this.#flags, visible.flags), segments: replace(this.#segments, visible.segments) };
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
