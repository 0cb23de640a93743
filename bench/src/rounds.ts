import type { Children } from './children.ts';
import { median, type Pace } from './measure.ts';
import type { Participant } from './participant.ts';
import type { Scenario } from './scenarios.ts';

export interface Effort {
  readonly rounds: number;
  readonly pace: Pace;
  readonly loadRounds: number;
}

export const FULL: Effort = { rounds: 5, loadRounds: 5, pace: { warmUpMs: 400, batchMs: 150, batches: 3 } };
export const QUICK: Effort = { rounds: 1, loadRounds: 1, pace: { warmUpMs: 120, batchMs: 40, batches: 3 } };

/**
 * CPU nanoseconds per call over the rounds. The engine compiles the same code differently from process to process, so
 * the median alone would be a coin toss where there are two speeds.
 */
export interface Timing {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** By participant; absent where a participant cannot express the scenario. */
export type Timings = ReadonlyMap<string, Timing>;

/**
 * Times one scenario: A B C A B C …, each participant alone in a new process, so that a slow moment of the machine
 * meets everybody and nobody's garbage or compiled code is another's.
 */
export async function timeScenario(
  children: Children,
  scenario: Scenario,
  participants: readonly Participant[],
  sinkUrl: string,
  effort: Effort,
): Promise<Timings> {
  const samples = new Map<string, number[]>();
  for (let round = 0; round < effort.rounds; round += 1) {
    for (const participant of participants) {
      const result = await children.run({
        kind: 'evaluate',
        participant: participant.name,
        scenario: scenario.key,
        sinkUrl,
        pace: effort.pace,
        bytes: false,
      });
      if (result) samples.set(participant.name, [...(samples.get(participant.name) ?? []), result.value]);
    }
  }
  return new Map([...samples].map(([name, values]) => [name, summarise(values)]));
}

function summarise(values: readonly number[]): Timing {
  return { median: median(values), least: Math.min(...values), most: Math.max(...values) };
}

/** Bytes of heap per call by participant. One run each: it is a count, not a time. */
export async function countBytes(
  children: Children,
  scenario: Scenario,
  participants: readonly Participant[],
  sinkUrl: string,
  effort: Effort,
): Promise<ReadonlyMap<string, number>> {
  const bytes = new Map<string, number>();
  for (const participant of participants) {
    const result = await children.run({
      kind: 'evaluate',
      participant: participant.name,
      scenario: scenario.key,
      sinkUrl,
      pace: effort.pace,
      bytes: true,
    });
    if (result) bytes.set(participant.name, result.value);
  }
  return bytes;
}
