import { cpus, loadavg, platform, release } from 'node:os';
import type { FaultOutcome } from './fault.ts';

/** One fault and what came of it. */
export interface FaultRow {
  readonly id: string;
  readonly sentence: string;
  /** Why it was not tried; `null` if it was. */
  readonly missing: string | null;
  /** `null`: not tried. */
  readonly outcome: FaultOutcome | null;
  readonly tookMs: number;
}

export function isFailed({ outcome }: FaultRow): boolean {
  return outcome !== null && outcome.violations.length > 0;
}

/** Markdown: a row for each fault, and below it what is to be said about them. */
export function faultTable(rows: readonly FaultRow[]): string {
  const ordered = rows.toSorted((one, other) => numberOf(one) - numberOf(other));
  const lines = ordered.map(({ id, sentence, outcome, missing, tookMs }) => {
    const cells =
      outcome === null
        ? ['not tried here', '', '', `NOT TRIED: ${missing}`]
        : [outcome.tried, String(outcome.lost), time(outcome.recoveredInMs), result(outcome)];
    return `| ${[id, sentence, ...cells, time(tookMs)].map(asCell).join(' | ')} |`;
  });
  const notes = ordered.flatMap(({ id, outcome }) => [
    ...(outcome?.violations ?? []).map((text) => `- ${id} FAILED: ${text}`),
    ...(outcome?.notes ?? []).map((text) => `- ${id}: ${text}`),
  ]);
  const processors = cpus();
  return [
    `Node ${process.version} on ${processors.length} × ${processors[0]?.model.trim() ?? 'unknown'}, ${platform()} ${release()}, load ${loadavg()[0]?.toFixed(1)}`,
    '',
    '| | fault | tried | lost | recovered in | result | took |',
    '|---|---|---|---|---|---|---|',
    ...lines,
    '',
    ...notes,
    '',
  ].join('\n');
}

function result({ violations }: FaultOutcome): string {
  return violations.length === 0 ? 'passed' : `FAILED: ${violations[0]}`;
}

function time(ms: number | null): string {
  if (ms === null) return '–';
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

function numberOf({ id }: FaultRow): number {
  return Number(id.slice(1)) || 999;
}

function asCell(cell: string): string {
  return cell.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
