import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Children } from './children.ts';
import { median } from './measure.ts';
import type { Participant } from './participant.ts';
import type { Effort } from './rounds.ts';

export const LOADED_FLAGS = 10_000;

/** Medians over the rounds; every run is the first thing that its process does. */
export interface Loading {
  readonly textMb: number;
  /** `JSON.parse` of the same text, alone in a process. */
  readonly parseMs: number;
  readonly readyMs: number;
  readonly readyMb: number;
  /** Asking once for every flag after that. */
  readonly allMs: number;
  readonly allMb: number;
}

/** From the text of many flags to the first answer, by participant; A B C A B C …, as for the other scenarios. */
export async function timeLoading(
  children: Children,
  participants: readonly Participant[],
  sinkUrl: string,
  effort: Effort,
): Promise<ReadonlyMap<string, Loading>> {
  const folder = mkdtempSync(join(tmpdir(), 'dimmer-bench-'));
  try {
    const files = await writeTexts(children, participants, folder);
    const samples = new Map<string, Loading[]>();
    for (let round = 0; round < effort.loadRounds; round += 1) {
      for (const [participant, file] of files) {
        const one = { path: file.path, flags: LOADED_FLAGS, sinkUrl };
        const parsed = await children.run({ kind: 'parse', participant, path: file.path });
        const loaded = await children.run({ kind: 'load', participant, ...one });
        const sample = { textMb: file.bytes / 1e6, parseMs: parsed.value, ...loaded };
        samples.set(participant, [...(samples.get(participant) ?? []), sample]);
      }
    }
    return new Map([...samples].map(([name, runs]) => [name, middle(runs)]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function writeTexts(children: Children, participants: readonly Participant[], folder: string) {
  const files = new Map<string, { path: string; bytes: number }>();
  for (const [index, { name }] of participants.entries()) {
    const path = join(folder, `${index}.json`);
    const written = await children.run({ kind: 'write', participant: name, flags: LOADED_FLAGS, path });
    if (written) files.set(name, { path, bytes: written.bytes });
  }
  return files;
}

function middle(runs: readonly Loading[]): Loading {
  const of = (key: keyof Loading) => median(runs.map((run) => run[key]));
  return {
    textMb: of('textMb'),
    parseMs: of('parseMs'),
    readyMs: of('readyMs'),
    readyMb: of('readyMb'),
    allMs: of('allMs'),
    allMb: of('allMb'),
  };
}
