/** What was thrown, in words, whatever it was. */
export function said(error: unknown): string {
  try {
    return `${error}`;
  } catch {
    return 'something that cannot be said';
  }
}
