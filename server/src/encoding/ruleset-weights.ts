import type { Audience } from '@dimmer/core';
import type { Write } from '../changes/change.ts';
import { type Draft, subjectOf } from '../documents/document.ts';
import type { Documents } from '../state/documents.ts';
import { Overlay } from '../state/overlay.ts';
import { segmentBytes, weighFlag } from './encode-flag.ts';
import { visibleTo } from './visible.ts';

// Why: decision 0114.
/** Overhead of a snapshot beside its flags and segments. */
const FRAME_BYTES = 200;

/** One flag or segment of a ruleset, and its part of the whole. */
export interface Weight {
  readonly kind: 'flag' | 'segment';
  readonly key: string;
  /** Bytes of its JSON on the wire, with its key. */
  readonly bytes: number;
}

/** One environment's rulesets before and after a change, in bytes. */
export interface WeighedEnvironment {
  readonly project: string;
  readonly environment: string;
  readonly before: number;
  readonly after: number;
}

/**
 * How many bytes each environment's ruleset for servers has. It costs what a change touches: of the rest only sums are
 * kept, and of each flag the bytes that it came to when it was last encoded.
 *
 * The ruleset for browsers is a part of the one for servers, text for text, so it is weighed only where that is heavy.
 */
export class RulesetWeights {
  readonly #state: Documents;
  /** By `project/environment`. An environment is weighed whole when it is first asked about. */
  readonly #totals = new Map<string, number>();

  constructor(state: Documents) {
    this.#state = state;
  }

  /** Bytes of the ruleset that servers get now. */
  total(project: string, environment: string): number {
    const name = `${project}/${environment}`;
    const known = this.#totals.get(name);
    if (known !== undefined) return known;
    const total = sum(weightsIn(this.#state, project, environment));
    if (this.#state.environment(project, environment)) this.#totals.set(name, total);
    return total;
  }

  /** What is known without weighing anything: bytes by `project/environment`. */
  known(): ReadonlyMap<string, number> {
    return this.#totals;
  }

  /** What some drafts would make of every environment whose ruleset they touch. */
  weigh(drafts: readonly Draft[]): WeighedEnvironment[] {
    const overlay = new Overlay(this.#state, drafts);
    return touchedBy(this.#state, drafts).map(({ project, environment }) => {
      const before = this.total(project, environment);
      const after = before + this.#difference(project, environment, drafts, overlay);
      return { project, environment, before, after };
    });
  }

  /** Takes in what is about to be written; to be called before the state does. */
  take(writes: readonly Omit<Write, 'version'>[]): void {
    const drafts = writes as readonly Draft[];
    const overlay = new Overlay(this.#state, drafts);
    for (const { project, environment } of touchedBy(this.#state, drafts)) {
      const name = `${project}/${environment}`;
      const known = this.#totals.get(name);
      if (known !== undefined) this.#totals.set(name, known + this.#difference(project, environment, drafts, overlay));
    }
  }

  /** Forgets everything: the state has become another. */
  forget(): void {
    this.#totals.clear();
  }

  #difference(project: string, environment: string, drafts: readonly Draft[], after: Documents): number {
    let bytes = 0;
    for (const key of keysOf(drafts, 'flag', project, environment))
      bytes += weightOfFlag(after, project, environment, key) - weightOfFlag(this.#state, project, environment, key);
    for (const key of keysOf(drafts, 'segment', project, environment))
      bytes += weightOfSegment(after, project, key) - weightOfSegment(this.#state, project, key);
    return bytes;
  }
}

/** The heaviest flags and segments of an environment, the heaviest first. */
export function heaviestIn(state: Documents, project: string, environment: string, count: number): Weight[] {
  return [...weightsIn(state, project, environment)].sort((one, other) => other.bytes - one.bytes).slice(0, count);
}

/** Bytes of the ruleset for an audience, computed from scratch. */
export function bytesFor(audience: Audience, state: Documents, project: string, environment: string): number {
  if (audience === 'server') return sum(weightsIn(state, project, environment));
  const { flags, segments } = visibleTo(audience, state, project, environment);
  let bytes = FRAME_BYTES;
  for (const [key, { json }] of [...flags, ...segments]) bytes += entryBytes(key, Buffer.byteLength(json));
  return bytes;
}

function* weightsIn(state: Documents, project: string, environment: string): Iterable<Weight> {
  for (const { body } of state.flags(project)) {
    const bytes = weightOfFlag(state, project, environment, body.key);
    if (bytes > 0) yield { kind: 'flag', key: body.key, bytes };
  }
  for (const { body } of state.segments(project)) {
    const bytes = weightOfSegment(state, project, body.key);
    if (bytes > 0) yield { kind: 'segment', key: body.key, bytes };
  }
}

function sum(weights: Iterable<Weight>): number {
  let total = FRAME_BYTES;
  for (const { bytes } of weights) total += bytes;
  return total;
}

function weightOfFlag(state: Documents, project: string, environment: string, key: string): number {
  const flag = state.flag(project, key)?.body;
  const targeting = flag && !flag.archived ? state.targeting(project, key, environment)?.body : undefined;
  return flag && targeting ? entryBytes(key, weighFlag(flag, targeting)) : 0;
}

function weightOfSegment(state: Documents, project: string, key: string): number {
  const segment = state.segment(project, key)?.body;
  return segment && !segment.archived ? entryBytes(key, segmentBytes(segment)) : 0;
}

/** With its key in quotes, a colon and a comma. Keys are ASCII without escapes. */
function entryBytes(key: string, bytes: number): number {
  return key.length + 4 + bytes;
}

/** Every environment that has the ruleset which some drafts write something of. */
function touchedBy(state: Documents, drafts: readonly Draft[]): { project: string; environment: string }[] {
  const found = new Map<string, { project: string; environment: string }>();
  for (const { kind, project, environment } of drafts) {
    if (project === null) continue;
    const touched =
      kind === 'flag' || kind === 'segment'
        ? [...state.environments(project)].map(({ body }) => body.key)
        : kind === 'targeting' && environment !== null
          ? [environment]
          : [];
    for (const each of touched) found.set(`${project}/${each}`, { project, environment: each });
  }
  return [...found.values()];
}

/** The flags, with their targetings, or the segments that some drafts write for an environment. */
function keysOf(drafts: readonly Draft[], kind: 'flag' | 'segment', project: string, environment: string): Set<string> {
  return new Set(
    drafts
      .filter((draft) => draft.project === project)
      .filter(
        (draft) =>
          draft.kind === kind || (kind === 'flag' && draft.kind === 'targeting' && draft.environment === environment),
      )
      .map(subjectOf),
  );
}
