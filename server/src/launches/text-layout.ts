/** Text for a terminal: sections, columns, lines. */

const WIDTH = 78;

/** A title, underlined, and what stands below it; nothing if there is nothing. */
export function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : [title, '-'.repeat(title.length), ...lines].join('\n');
}

/**
 * Columns, as wide as their widest cell.
 *
 * @param align `<` or `>` for each column
 */
export function table(rows: readonly (readonly string[])[], align: string): string[] {
  const widths = [...align].map((_, column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    `  ${row.map((cell, column) => (align[column] === '>' ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0))).join('  ')}`.trimEnd(),
  );
}

/**
 * A sentence in lines of the width of a terminal.
 *
 * @param first stands before the first line
 * @param others stands before all others
 */
export function wrap(sentence: string, first = '', others = ''): string[] {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of sentence.split(' ')) {
    if (!isEmpty && line.length + word.length >= WIDTH) {
      lines.push(line);
      line = others;
      isEmpty = true;
    }
    line += (isEmpty ? '' : ' ') + word;
    isEmpty = false;
  }
  return [...lines, line];
}
