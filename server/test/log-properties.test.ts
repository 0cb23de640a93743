import { type Diagnostic, type Patch, Ruleset, type Snapshot } from '@dimmer/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ChangeLog } from '../src/change-log/change-log.ts';
import type { Change } from '../src/changes/change.ts';
import type { Command } from '../src/commands/command.ts';
import { revertChange } from '../src/commands/revert.ts';
import { canonicalJson } from '../src/documents/canonical-json.ts';
import { RulesetView } from '../src/ruleset/ruleset-view.ts';
import type { State } from '../src/state/state.ts';
import { openShop } from './change-log-fixture.ts';
import { POPULATION, randomCommand } from './random-commands.ts';

/** More with DIMMER_CASES=1000. */
const CASES = Number(process.env.DIMMER_CASES ?? 40);
const commands = fc.array(randomCommand, { minLength: 5, maxLength: 60 });
const ENVIRONMENTS = ['staging', 'production', '__proto__'];
const AUDIENCES = ['server', 'browser'] as const;

/** Populates the shop and runs the commands; those refused change nothing. */
async function run(shop: Awaited<ReturnType<typeof openShop>>, sequence: readonly Command[]): Promise<void> {
  for (const command of [...POPULATION, ...sequence]) await shop.ask(command, { reason: 'random' });
}

/** Bodies of all documents that are there. Versions count on, so they are left out. */
function bodiesOf(state: State): string {
  const live = [...state.documents()].filter((document) => document.body !== null);
  return canonicalJson(
    live.map(({ kind, id, body }) => ({ kind, id, body })).sort((a, b) => (a.kind + a.id < b.kind + b.id ? -1 : 1)),
  );
}

function allDocuments(state: State): string {
  return canonicalJson([...state.documents()].sort((a, b) => (a.kind + a.id < b.kind + b.id ? -1 : 1)));
}

describe('Whatever is asked of the log', () => {
  it('its hash chain holds, and memory, database and log say the same', async () => {
    await fc.assert(
      fc.asyncProperty(commands, async (sequence) => {
        const shop = await openShop();
        await run(shop, sequence);
        expect(await shop.log.verify()).toMatchObject({ ok: true, revision: shop.state.head.revision });
        const reopened = await ChangeLog.open(shop.store);
        expect(allDocuments(reopened.state)).toBe(allDocuments(shop.state));
        expect(reopened.state.head).toEqual(shop.state.head);
        for (const environment of ENVIRONMENTS) {
          expect(reopened.state.moment('shop', environment)).toEqual(shop.state.moment('shop', environment));
        }
        await shop.store.close();
      }),
      { numRuns: CASES },
    );
  });

  it('undoing an undone change leaves everything as it was', async () => {
    await fc.assert(
      fc.asyncProperty(commands, async (sequence) => {
        const shop = await openShop();
        await run(shop, sequence);
        const [last] = await shop.store.changes({ order: 'newest first', limit: 1 });
        const undo = await shop.ask(revertChange(last!, await shop.log.before(last!), { force: false }), {
          reason: 'undo',
        });
        if (undo.ok && undo.change) {
          const after = last!.writes.map((write) => ({ ...write }));
          const redo = revertChange(undo.change, await shop.log.before(undo.change), { force: false });
          const redone = await shop.ask(redo, { reason: 'redo' });
          expect(redone).toMatchObject({ ok: true });
          for (const write of after) expect(shop.state.document(write)?.body ?? null).toEqual(write.body);
        }
        await shop.store.close();
      }),
      { numRuns: CASES },
    );
  });

  it('an undone change leaves the documents as they were before it', async () => {
    await fc.assert(
      fc.asyncProperty(commands, randomCommand, async (sequence, command) => {
        const shop = await openShop();
        await run(shop, sequence);
        const before = bodiesOf(shop.state);
        const done = await shop.ask(command, { reason: 'do' });
        if (done.ok && done.change) {
          const undone = await shop.ask(
            revertChange(done.change, await shop.log.before(done.change), { force: false }),
            {
              reason: 'undo',
            },
          );
          if (undone.ok) expect(bodiesOf(shop.state)).toBe(before);
          else expect(undone.refusal.code).toBe('REVERT_NOT_POSSIBLE');
        } else {
          expect(bodiesOf(shop.state)).toBe(before);
        }
        await shop.store.close();
      }),
      { numRuns: CASES },
    );
  });

  it('patches in order make the ruleset that a fresh view has, byte for byte, and core takes it without a word', async () => {
    await fc.assert(
      fc.asyncProperty(commands, fc.array(fc.boolean(), { minLength: 66, maxLength: 66 }), async (sequence, pauses) => {
        const shop = await openShop();
        const followers = ENVIRONMENTS.flatMap((environment) =>
          AUDIENCES.map((audience) => new Follower(shop.state, environment, audience)),
        );
        shop.log.subscribe((changes) => {
          for (const follower of followers) follower.note(changes);
        });
        for (const [index, command] of [...POPULATION, ...sequence].entries()) {
          await shop.ask(command, { reason: 'random' });
          if (pauses[index]) for (const follower of followers) follower.catchUp();
        }
        for (const follower of followers) follower.catchUp();
        for (const follower of followers) follower.compare();
        await shop.store.close();
      }),
      { numRuns: CASES },
    );
  });
});

/** A view, and an SDK that applies its patches. */
class Follower {
  readonly #scope: { project: string; environment: string; audience: 'server' | 'browser' };
  readonly #state: State;
  readonly #view: RulesetView;
  readonly #flags: Map<string, unknown>;
  readonly #segments: Map<string, unknown>;
  #id: string;
  #noted: Change[] = [];

  constructor(state: State, environment: string, audience: 'server' | 'browser') {
    this.#state = state;
    this.#scope = { project: 'shop', environment, audience };
    this.#view = new RulesetView(state, this.#scope);
    const snapshot = JSON.parse(this.#view.snapshotJson()) as Snapshot;
    this.#id = snapshot.id;
    this.#flags = new Map(Object.entries(snapshot.flags));
    this.#segments = new Map(Object.entries(snapshot.segments));
  }

  note(changes: readonly Change[]): void {
    this.#noted.push(...changes);
  }

  catchUp(): void {
    const text = this.#view.advance(this.#noted);
    this.#noted = [];
    if (text === null) return;
    const patch = JSON.parse(text) as Patch;
    expect(patch.from).toBe(this.#id);
    expect(patch.id).not.toBe(this.#id);
    this.#id = patch.id;
    apply(this.#flags, patch.flags);
    apply(this.#segments, patch.segments);
  }

  compare(): void {
    const fresh = new RulesetView(this.#state, this.#scope);
    expect(this.#view.snapshotJson()).toBe(fresh.snapshotJson());
    const snapshot = JSON.parse(fresh.snapshotJson()) as Snapshot;
    expect(this.#id).toBe(snapshot.id);
    expect(canonicalJson([...this.#flags].sort())).toBe(canonicalJson(Object.entries(snapshot.flags).sort()));
    expect(canonicalJson([...this.#segments].sort())).toBe(canonicalJson(Object.entries(snapshot.segments).sort()));
    const diagnostics: Diagnostic[] = [];
    const ruleset = new Ruleset({ onDiagnostic: (diagnostic) => diagnostics.push(diagnostic) });
    expect(ruleset.replace(snapshot)).toMatchObject({ applied: true, diagnostics: [] });
    for (const key of ruleset.keys()) ruleset.get(key)?.decide({ targetingKey: 'ann', plan: 'pro' });
    // Nothing is wrong with the rules; that a plan is no version is said of who asks.
    expect(diagnostics.filter(({ code }) => !OF_WHO_ASKS.has(code))).toEqual([]);
  }
}

const OF_WHO_ASKS: ReadonlySet<string> = new Set(['ATTRIBUTE_UNREADABLE', 'SPLIT_KEY_MISSING']);

function apply(held: Map<string, unknown>, pieces: object): void {
  for (const [key, piece] of Object.entries(pieces)) {
    if (piece === null) held.delete(key);
    else held.set(key, piece);
  }
}
