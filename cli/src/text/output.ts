/** Where commands write. */
export interface Terminal {
  /** What was asked for. */
  readonly out: (text: string) => void;
  /** Everything else: progress, warnings, problems. */
  readonly err: (text: string) => void;
  /** A person is looking, so that progress is worth showing. */
  readonly isInteractive: boolean;
  /** Asks a person for a line; what is secret is not shown. Absent: nobody is there to answer. */
  readonly ask?: ((question: string, kind?: 'secret') => Promise<string>) | undefined;
}

/** Shows how far something is, in one line that the next one overwrites; the empty text takes it away. */
export function progress({ isInteractive, err }: Terminal, text: string): void {
  if (isInteractive) err(`\r\u001b[K${text}`);
}

/**
 * Control characters could move the cursor or colour the screen, and marks that turn the direction of text could show a
 * key as another: names come from everybody who may create a flag.
 */
const UNSAFE = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** A text that is safe to show in a terminal. */
export function plain(text: unknown): string {
  return String(text ?? '').replace(UNSAFE, '');
}

/** Rows under their headings, in columns as wide as they need. */
export function table(headings: readonly string[], rows: readonly (readonly unknown[])[]): string {
  const cells = [headings, ...rows.map((row) => row.map(plain))];
  const widths = headings.map((_, column) => Math.max(...cells.map((row) => [...(row[column] ?? '')].length)));
  return cells
    .map((row) => row.map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - [...cell].length)).join('  '))
    .map((line) => `${line.trimEnd()}\n`)
    .join('');
}

/** An instant as a person in this zone reads it, to the second. */
export function when(ms: number): string {
  const at = new Date(ms);
  const two = (part: number): string => String(part).padStart(2, '0');
  const date = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${date} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** A dimmer: how much of 100 % as a bar of ten. */
export function dimmer(percent: number): string {
  const lit = percent <= 0 ? 0 : percent >= 100 ? 10 : Math.min(9, Math.max(1, Math.round(percent / 10)));
  return '█'.repeat(lit) + '░'.repeat(10 - lit);
}

/** `1 flag`, `2 flags`. */
export function countText(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
