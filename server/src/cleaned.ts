/** What somebody else's program says of itself, without what no text of ours has. */
export function cleaned(text: string): string {
  // Through bytes, because a half of a surrogate pair can be neither sent nor stored.
  return Buffer.from(text.replace(/\p{Cc}/gu, '')).toString();
}
