import { type Change, type ChangesQuery, readChanges } from '../../api/changes.ts';
import { csvHead, csvLine } from './csv.ts';

const PAGE = 500;

export type ExportFormat = 'jsonl' | 'csv';

const TYPES = { jsonl: 'application/x-ndjson', csv: 'text/csv' } as const;

interface ExportOptions {
  readonly query: ChangesQuery;
  readonly format: ExportFormat;
  readonly signal: AbortSignal;
  /** How many have been read so far. */
  readonly onProgress: (read: number) => void;
}

/** Reads all changes, newest first, page by page, into one file. */
export async function exportChanges({ query, format, signal, onProgress }: ExportOptions): Promise<Blob> {
  const parts: string[] = format === 'csv' ? [csvHead()] : [];
  let before: number | null | undefined;
  let read = 0;
  do {
    const page = await readChanges({ ...query, limit: PAGE, ...(before && { before }) }, signal);
    const lines = page.items.map((change) => (format === 'csv' ? csvLine(change) : jsonLine(change)));
    parts.push(lines.join(''));
    read += page.items.length;
    onProgress(read);
    before = page.next;
  } while (before !== null);
  return new Blob(parts, { type: `${TYPES[format]};charset=utf-8` });
}

/** Hands a file to the browser, which asks or knows where to put it. */
export function download(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // It is being read; a while later it certainly has been.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

function jsonLine(change: Change): string {
  return `${JSON.stringify(change)}\n`;
}
