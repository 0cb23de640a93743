import type { Audience } from '@dimmer/core';
import type { Scope } from '../hub/ruleset-source.ts';

/** One that has gone is shown for a while: it may go on with old rules, and somebody on call wants its name. */
const REMEMBER_MS = 10 * 60_000;

/** Instances remembered that are not connected, over all environments. */
const MAX_GONE = 20_000;

/** Who connects, by their own word. Anybody may say anything: it is for people to read, never for a decision. */
export interface Identity {
  readonly instance: string | null;
  readonly application: string | null;
  readonly sdk: string | null;
}

/** An SDK client somewhere, as this server knows it. Times are ms since 1970. */
export interface Instance extends Identity {
  readonly audience: Audience;
  /** Streams open now; two for a moment while it reconnects. */
  readonly streams: number;
  readonly connectedAt: number | null;
  readonly disconnectedAt: number | null;
  /** The id that it last said to have applied. */
  readonly appliedId: string | null;
  readonly appliedAt: number | null;
  /** How long after the change, in ms, by its own word. */
  readonly delayMs: number | null;
}

/** An SDK's word that it has applied an id. */
export interface Receipt {
  readonly id: string;
  readonly delayMs?: number | undefined;
}

type Entry = { -readonly [Field in keyof Instance]: Instance[Field] };

/** Who is connected, and how far they are. In memory: after a restart everybody connects again and says so. */
export class InstanceRegistry {
  readonly #environments = new Map<string, Map<string, Entry>>();
  readonly #now: () => number;
  #gone = 0;
  #anonymous = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Notes a stream. Returns what to call, once, when it has ended. */
  connected(scope: Scope, identity: Identity): () => void {
    const entries = this.#entries(scope);
    // Without a name it cannot be recognised when it comes back, so each stream counts as one instance.
    const name = identity.instance === null ? `?${++this.#anonymous}` : nameOf(scope, identity.instance);
    const entry = this.#known(entries, name) ?? blank(scope.audience);
    Object.assign(entry, identity, { audience: scope.audience, disconnectedAt: null });
    if (entry.streams === 0) entry.connectedAt = this.#now();
    entry.streams += 1;
    entries.set(name, entry);
    return () => {
      entry.streams -= 1;
      if (entry.streams > 0) return;
      entry.disconnectedAt = this.#now();
      if (identity.instance === null) entries.delete(name);
      else this.#remember(entries);
    };
  }

  /** Notes a receipt, also from an instance that polls and has no stream. */
  applied(scope: Scope, identity: Identity, receipt: Receipt): void {
    if (identity.instance === null) return;
    const entries = this.#entries(scope);
    const name = nameOf(scope, identity.instance);
    let entry = entries.get(name);
    if (entry === undefined) {
      entry = { ...blank(scope.audience), ...identity, disconnectedAt: this.#now() };
      entries.set(name, entry);
      this.#remember(entries);
    }
    entry.appliedId = receipt.id;
    entry.appliedAt = this.#now();
    entry.delayMs = receipt.delayMs ?? null;
  }

  /** Those connected, and those that were until a little while ago. */
  list(project: string, environment: string): readonly Instance[] {
    const entries = this.#environments.get(`${project}/${environment}`);
    if (entries === undefined) return [];
    this.#forget(entries);
    return [...entries.values()].map((entry) => ({ ...entry }));
  }

  #entries({ project, environment }: Scope): Map<string, Entry> {
    const name = `${project}/${environment}`;
    let entries = this.#environments.get(name);
    if (entries === undefined) {
      entries = new Map();
      this.#environments.set(name, entries);
    }
    return entries;
  }

  #known(entries: Map<string, Entry>, name: string): Entry | undefined {
    const entry = entries.get(name);
    if (entry !== undefined && entry.streams === 0) this.#gone -= 1;
    return entry;
  }

  #remember(entries: Map<string, Entry>): void {
    this.#gone += 1;
    if (this.#gone <= MAX_GONE) return;
    for (const each of this.#environments.values()) this.#forget(each);
    // Still too many: this environment's gives way, the longest known first.
    for (const [name, entry] of entries) {
      if (this.#gone <= MAX_GONE) return;
      if (entry.streams > 0) continue;
      entries.delete(name);
      this.#gone -= 1;
    }
  }

  #forget(entries: Map<string, Entry>): void {
    const oldest = this.#now() - REMEMBER_MS;
    for (const [name, entry] of entries) {
      if (entry.streams > 0 || Math.max(entry.disconnectedAt ?? 0, entry.appliedAt ?? 0) >= oldest) continue;
      entries.delete(name);
      this.#gone -= 1;
    }
  }
}

/** Browser keys are public: whoever has one must not speak for a server by taking its name. */
function nameOf({ audience }: Scope, instance: string): string {
  return `${audience}=${instance}`;
}

function blank(audience: Audience): Entry {
  return {
    instance: null,
    application: null,
    sdk: null,
    audience,
    streams: 0,
    connectedAt: null,
    disconnectedAt: null,
    appliedId: null,
    appliedAt: null,
    delayMs: null,
  };
}
