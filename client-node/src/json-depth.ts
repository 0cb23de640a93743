const MAX_DEPTH = 64;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * True if JSON text is nested deeper than 64. `JSON.parse` does not mind depth, but `JSON.stringify` and most code that
 * walks a value overflow the stack at a few thousand, so such a text is refused before anybody holds it.
 */
export function isTooDeep(json: string): boolean {
  let depth = 0;
  for (let i = 0; i < json.length; i++) {
    const code = json.charCodeAt(i);
    if (code === QUOTE) {
      i = endOfString(json, i + 1);
      if (i < 0) return false;
    } else if (code === 0x7b || code === 0x5b) {
      if (++depth > MAX_DEPTH) return true;
    } else if (code === 0x7d || code === 0x5d) depth--;
  }
  return false;
}

/** Index of the quote that ends a string, or −1. `indexOf` is many times as fast as a loop over characters. */
function endOfString(json: string, start: number): number {
  for (let end = json.indexOf('"', start); end >= 0; end = json.indexOf('"', end + 1)) {
    let first = end;
    while (json.charCodeAt(first - 1) === BACKSLASH) first--;
    if (((end - first) & 1) === 0) return end;
  }
  return -1;
}
