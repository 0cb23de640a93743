const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** What it will cost to parse a JSON text and to walk over it. */
export interface JsonShape {
  /** How deep its brackets go. */
  readonly depth: number;
  /** About how many values it has: a comma or a bracket stands before each. */
  readonly elements: number;
}

/**
 * Counts brackets and commas outside of strings, in one pass over the bytes that allocates nothing: a megabyte takes
 * about as long as sending it. In UTF-8 none of these bytes is ever part of another character.
 *
 * @param bytes that claim to be JSON; of anything else the shape means nothing, and costs no more
 */
export function shapeOf(bytes: Uint8Array): JsonShape {
  let depth = 0;
  let deepest = 0;
  let elements = 0;
  let inString = false;
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index];
    if (inString) {
      if (byte === BACKSLASH) index++;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) inString = true;
    else if (byte === COMMA) elements++;
    else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
      elements++;
      if (++depth > deepest) deepest = depth;
    } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) depth--;
  }
  return { depth: deepest, elements };
}
