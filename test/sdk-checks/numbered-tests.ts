/** Which checks the title of a test names. */

/** The numbers that a title begins with: `93, 96 no rejection …`, `84: seven tabs`. */
export function numbersOf(title: string): readonly number[] {
  const [, numbers] = /^(\d{1,2}(?:, \d{1,2})*):? /.exec(title) ?? [];
  return numbers?.split(', ').map(Number) ?? [];
}

/** Whether a test that ran has the title that stands in its file, whose places for values are filled in. */
export function isTitled(ran: string, written: string): boolean {
  const pattern = written
    .split(/%[a-z]/)
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${pattern}`, 's').test(ran);
}
