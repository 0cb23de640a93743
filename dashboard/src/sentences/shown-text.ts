/**
 * Characters that have no place in a name: controls, and marks that turn the direction of whatever follows. Stored
 * texts are shown as they are otherwise; React escapes what HTML would take for markup.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const MISLEADING = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** A text that somebody else wrote, without what could make it look like another one. */
export function shownText(text: string): string {
  return text.replace(MISLEADING, '\u{fffd}');
}

/** What somebody wrote, as a sentence beside others: with a full stop, unless it has an end. */
export function sentence(text: string): string {
  return /[.!?…]$/.test(text.trim()) ? text.trim() : `${text.trim()}.`;
}
