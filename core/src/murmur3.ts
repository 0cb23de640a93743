/**
 * murmur3_x86_32 over UTF-8, seed 0 (Austin Appleby, public domain: smhasher, MurmurHash3.cpp).
 *
 * Bucketing hashes `<seed>:<key>`. This is the hash as every SDK has it; `fast-hasher.ts` comes to the same sooner, where
 * bytes are cheaper than time. Why: decision 0001.
 */

export const C1 = 0xcc9e2d51;
export const C2 = 0x1b873593;

/** Hashes the prefix it was made for, followed by `key`: 32 bits, as a signed integer, which is never boxed. */
export type Hasher = (key: string) => number;

/** Not everywhere: the page that Jest pretends (jsdom) has none. */
const encoder = globalThis.TextEncoder && new TextEncoder();

/** The bytes of a text; a lone surrogate becomes U+FFFD. */
export function utf8(text: string): Uint8Array {
  if (encoder) return encoder.encode(text);
  const bytes = unescape(encodeURIComponent(text.replace(/\p{Cs}/gu, '\ufffd')));
  return Uint8Array.from(bytes as Iterable<unknown> as Iterable<number>, (byte: unknown) =>
    (byte as string).charCodeAt(0),
  );
}

function scramble(block: number): number {
  const product = Math.imul(block, C1);
  return Math.imul((product << 15) | (product >>> 17), C2);
}

/** The state after four more bytes, of which the first is lowest in `block`. */
export function absorb(state: number, block: number): number {
  const mixed = state ^ scramble(block);
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
}

/** `block` holds the last bytes that did not fill a block; zero bytes scramble to zero, so an empty one is harmless. */
export function finish(state: number, block: number, byteCount: number): number {
  let hash = state ^ scramble(block) ^ byteCount;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/** A hasher for everything that begins with `prefix`. */
export function createHasher(prefix: string): Hasher {
  return (key) => {
    let state = 0;
    let block = 0;
    let count = 0;
    for (const byte of utf8(prefix + key)) {
      // A shift counts modulo 32, so this is the place of a byte in its block.
      block |= byte << (count << 3);
      if ((++count & 3) === 0) {
        state = absorb(state, block);
        block = 0;
      }
    }
    return finish(state, block, count);
  };
}
