/**
 * The last stage that is known of each migration, also from a former run: it stands in where there are no rules, because
 * going back to `off` from there would read what is old, and write where nobody reads. Why: decision 0168.
 */
import type { MigrationStage, Ruleset } from '@dimmer/core';
import { isStage, stageOfRules } from './stage-of-rules.ts';

/** Migrations that are remembered. An application has a few. */
const MOST = 200;

/** Where stages are kept between two runs, a text for each flag. Neither function throws. */
export interface StageFiles {
  readonly read: (flag: string) => string | undefined;
  readonly write: (flag: string, text: string) => Promise<void>;
}

interface KnownStage {
  readonly stage: MigrationStage;
  /** When the rules were made that said so, ms since 1970 by the server's clock. */
  readonly at: number;
}

export interface KnownStages {
  /** Notes what the server's rules say of a migration now. */
  readonly note: (flag: string) => void;
  /** The same of all that have been noted. To be called before the rules change. */
  readonly noteAll: () => void;
  /** What was known last; undefined if nothing was. */
  readonly last: (flag: string) => KnownStage | undefined;
  /** Resolves when all that was noted is kept, or cannot be. */
  readonly kept: () => Promise<unknown>;
}

/** @param files absent: nothing outlives the process */
export function createKnownStages(ruleset: Ruleset, files: StageFiles | undefined): KnownStages {
  const known = new Map<string, { definition?: unknown; last: KnownStage | undefined }>();

  let keeping: Promise<unknown> = Promise.resolve();

  function entryOf(flag: string) {
    let entry = known.get(flag);
    if (!entry) {
      entry = { last: parse(files?.read(flag), flag) };
      if (known.size < MOST) known.set(flag, entry);
    }
    return entry;
  }

  function note(flag: string): void {
    const definition = ruleset.get(flag)?.definition;
    const entry = entryOf(flag);
    if (definition?.type !== 'migration' || entry.definition === definition) return;
    entry.definition = definition;
    const stage = stageOfRules(definition);
    if (!stage) return;
    const last = { stage, at: ruleset.at };
    const isNews = entry.last?.stage !== stage;
    entry.last = last;
    if (isNews) keeping = Promise.all([keeping, keep(flag, last)]);
  }

  /** Several processes keep theirs in one place: who has heard of later rules is right. */
  async function keep(flag: string, last: KnownStage): Promise<void> {
    const kept = parse(files?.read(flag), flag);
    if (kept && kept.at > last.at) return;
    await files?.write(flag, JSON.stringify({ flag, ...last }));
  }

  return {
    note,
    noteAll() {
      for (const flag of known.keys()) note(flag);
    },
    last: (flag) => entryOf(flag).last,
    kept: () => keeping,
  };
}

function parse(text: string | undefined, flag: string): KnownStage | undefined {
  try {
    const kept = JSON.parse(text ?? 'null');
    return kept?.flag === flag && isStage(kept.stage) && typeof kept.at === 'number'
      ? { stage: kept.stage, at: kept.at }
      : undefined;
  } catch {
    return undefined;
  }
}
