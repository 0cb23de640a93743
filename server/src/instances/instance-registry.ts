import type { Audience } from '@dimmer/core';
import type { Scope } from '../ruleset/ruleset-source.ts';
import { type Identity, type Instance, NO_WORD, nameOf, REMEMBER_MS, type Receipt, thereUntil } from './instance.ts';
import type { RollCall } from './roll-call.ts';

/**
 * Instances remembered that are not connected, over all environments; each takes about a kilobyte. A holder of a key of
 * browsers can name as many as they like: theirs have room of their own, and take none of the servers'.
 */
const MAX_GONE: Readonly<Record<Audience, number>> = { server: 20_000, browser: 2_000 };

/**
 * Roll calls held of relays whose stream is not here, each of some ten kilobytes, seldom a hundred: the relay may stream
 * from another server and report to this one. Beyond them the oldest is forgotten.
 */
const MAX_ROLL_CALLS = 100;

type Entry = { -readonly [Field in keyof Instance]: Instance[Field] };

/** Is told whenever something about an instance has changed, so that other servers can be told. */
export type Noted = (project: string, environment: string, name: string, instance: Instance) => void;

/** Who is connected here, and how far they are. In memory: after a restart everybody connects again and says so. */
export class InstanceRegistry {
  readonly #environments = new Map<string, Map<string, Entry>>();
  readonly #now: () => number;
  /** The name of this server, in the names of those who have none. */
  readonly #node: string;
  readonly #noted: Noted;
  readonly #gone: Record<Audience, number> = { server: 0, browser: 0 };
  readonly #called = new Set<Entry>();
  #anonymous = 0;

  constructor(now: () => number, node = '', noted: Noted = () => {}) {
    this.#now = now;
    this.#node = node;
    this.#noted = noted;
  }

  /**
   * Notes a stream.
   *
   * @param lastId what it says to have applied, `null` if nothing: as good as a receipt, from one that missed nothing
   * @returns what to call, once, when it has ended
   */
  connected(scope: Scope, identity: Identity, lastId: string | null = null): () => void {
    const entries = this.#entries(scope);
    const { instance, client = null, sendsReceipts = true } = identity;
    // Without a name it cannot be recognised when it comes back, so each stream counts as one instance.
    const name = instance === null ? `?${this.#node}${++this.#anonymous}` : nameOf(scope.audience, instance, client);
    const entry = this.#known(entries, name) ?? blank(scope.audience);
    // Who has no name sends no receipt that could be told from another's.
    Object.assign(entry, identity, {
      disconnectedAt: null,
      leftAt: null,
      lostBelow: null,
      sendsReceipts: sendsReceipts && instance !== null,
    });
    if (entry.streams === 0) entry.connectedAt = this.#now();
    entry.streams += 1;
    if (lastId !== null && lastId !== entry.appliedId)
      Object.assign(entry, { appliedId: lastId, appliedAt: this.#now(), delayMs: null });
    entries.set(name, entry);
    this.#note(scope, name, entry);
    return () => {
      entry.streams -= 1;
      if (entry.streams > 0) return;
      entry.disconnectedAt = this.#now();
      // What was below a relay that has gone is connected elsewhere soon, or not at all.
      const lostBelow = entry.rollCall && entry.rollCall.connected - entry.rollCall.silent;
      Object.assign(entry, { rollCall: null, rollCallAt: this.#now(), lostBelow });
      this.#note(scope, name, entry);
      if (instance === null) entries.delete(name);
      else this.#remember(entries, scope.audience);
    };
  }

  /** Notes a receipt, also from an instance that polls, or streams from another server. */
  applied(scope: Scope, identity: Identity, receipt: Receipt): void {
    this.#tells(scope, identity, {
      appliedId: receipt.id,
      appliedAt: this.#now(),
      delayMs: receipt.delayMs ?? null,
    });
  }

  /** Notes that an instance asks for the rules without a stream; `heldId` is what it says to have, if that is this ruleset. */
  polled(scope: Scope, identity: Identity, heldId: string | null): void {
    const polledAt = this.#now();
    const before = this.#named(scope, identity);
    const gapMs = before?.polledAt == null ? null : Math.max(before.pollGapMs ?? 0, polledAt - before.polledAt);
    const entry = this.#tells(scope, identity, { polledAt, pollGapMs: gapMs, leftAt: null });
    if (entry && heldId !== null && heldId !== entry.appliedId)
      Object.assign(entry, { appliedId: heldId, appliedAt: polledAt, delayMs: null });
  }

  /** Notes that an instance cannot take, or cannot be given, the ruleset that it is due. */
  failed(scope: Scope, identity: Identity, id: string, message: string): void {
    this.#tells(scope, identity, { failure: { id, at: this.#now(), message } });
  }

  /** Notes that an instance ends, of its own will. */
  left(scope: Scope, identity: Identity): void {
    this.#tells(scope, identity, { leftAt: this.#now() });
  }

  /** Notes by which id an instance has evaluated, until when (ms since 1970). */
  evaluated(scope: Scope, identity: Identity, id: string, until: number): void {
    this.#tells(scope, identity, { evaluatedId: id, evaluatedAt: Math.min(until, this.#now()) });
  }

  /** Notes what a relay says of those who are connected to it. */
  rollCalled(scope: Scope, identity: Identity, rollCall: RollCall): void {
    const entry = this.#tells(scope, identity, { rollCall, rollCallAt: this.#now(), unprovenAt: null });
    if (entry === undefined || entry.streams > 0) return;
    this.#called.delete(entry);
    this.#called.add(entry);
    const [oldest] = this.#called;
    if (this.#called.size <= MAX_ROLL_CALLS || oldest === undefined) return;
    this.#called.delete(oldest);
    if (oldest.streams === 0) oldest.rollCall = null;
  }

  /** Notes that somebody tells of others who are connected to it, and cannot be believed. */
  rollCallRefused(scope: Scope, identity: Identity): void {
    this.#tells(scope, identity, { unprovenAt: this.#now() });
  }

  /** Tells of everything once more: those who were told have forgotten it. */
  noteAll(): void {
    for (const [place, entries] of this.#environments) {
      const [project, environment] = place.split('/') as [string, string];
      for (const [name, entry] of entries) this.#noted(project, environment, name, { ...entry });
    }
  }

  #named({ project, environment, audience }: Scope, { instance, client = null }: Identity): Entry | undefined {
    if (instance === null) return undefined;
    return this.#environments.get(`${project}/${environment}`)?.get(nameOf(audience, instance, client));
  }

  #tells(scope: Scope, identity: Identity, news: Partial<Entry>): Entry | undefined {
    if (identity.instance === null) return undefined;
    const entries = this.#entries(scope);
    const name = nameOf(scope.audience, identity.instance, identity.client ?? null);
    let entry = entries.get(name);
    if (entry === undefined) {
      entry = { ...blank(scope.audience), ...identity, disconnectedAt: this.#now() };
      entries.set(name, entry);
      this.#remember(entries, scope.audience);
    }
    Object.assign(entry, news);
    this.#note(scope, name, entry);
    return entry;
  }

  #note({ project, environment }: Scope, name: string, entry: Entry): void {
    this.#noted(project, environment, name, { ...entry });
  }

  /** Those connected here, and those that were, or were heard of, until a little while ago. */
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
    if (entry !== undefined && entry.streams === 0) this.#gone[entry.audience] -= 1;
    return entry;
  }

  #remember(entries: Map<string, Entry>, audience: Audience): void {
    this.#gone[audience] += 1;
    if (this.#gone[audience] <= MAX_GONE[audience]) return;
    // This environment's give way first, the longest known before others; a tenth at once, because it is looked for.
    const most = MAX_GONE[audience] * 0.9;
    for (const each of [entries, ...this.#environments.values()]) {
      for (const [name, entry] of each) {
        if (this.#gone[audience] <= most) return;
        if (entry.streams === 0 && entry.audience === audience) this.#drop(each, name, entry);
      }
    }
  }

  #forget(entries: Map<string, Entry>): void {
    const oldest = this.#now() - REMEMBER_MS;
    for (const [name, entry] of entries) {
      if (entry.streams > 0 || Math.max(thereUntil(entry), entry.appliedAt ?? 0) >= oldest) continue;
      this.#drop(entries, name, entry);
    }
  }

  #drop(entries: Map<string, Entry>, name: string, entry: Entry): void {
    entries.delete(name);
    this.#called.delete(entry);
    this.#gone[entry.audience] -= 1;
  }
}

function blank(audience: Audience): Entry {
  return {
    instance: null,
    client: null,
    application: null,
    sdk: null,
    sendsReceipts: true,
    audience,
    streams: 0,
    connectedAt: null,
    disconnectedAt: null,
    appliedId: null,
    appliedAt: null,
    delayMs: null,
    evaluatedId: null,
    evaluatedAt: null,
    rollCall: null,
    rollCallAt: null,
    ...NO_WORD,
  };
}
