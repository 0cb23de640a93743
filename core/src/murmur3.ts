/**
 * murmur3_x86_32 over UTF-8, seed 0 (Austin Appleby, public domain: smhasher, MurmurHash3.cpp).
 *
 * Bucketing hashes `<seed>:<key>`, where the seed is known when a flag arrives and only the key differs from call to
 * call. So a hasher is made once for a prefix and keeps the state after it; a call hashes the key alone. Almost all
 * keys are ASCII, where a character is a byte: those are read as they are, without allocating. Any other key is turned
 * into a string of its UTF-8 bytes first.
 */

const C1 = 0xcc9e2d51;
const C2 = 0x1b873593;

/** Hashes the prefix it was made for, followed by `key`: 32 bits, as a signed integer, which is never boxed. */
export type Hasher = (key: string) => number;

const encoder = new TextEncoder();

function scramble(block: number): number {
  const product = Math.imul(block, C1);
  return Math.imul((product << 15) | (product >>> 17), C2);
}

function absorb(state: number, block: number): number {
  const mixed = state ^ scramble(block);
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
}

/** `block` holds the last bytes that did not fill a block; zero bytes scramble to zero, so an empty one is harmless. */
function finish(state: number, block: number, byteCount: number): number {
  let hash = state ^ scramble(block) ^ byteCount;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

// Bytes are fed into this state, which nobody else can touch meanwhile: hashing calls no foreign code.
let state = 0;
let block = 0;
let count = 0;

function feed(text: string): void {
  for (const byte of encoder.encode(text)) {
    // A shift counts modulo 32, so this is the place of a byte in its block.
    block |= byte << (count << 3);
    if ((++count & 3) === 0) {
      state = absorb(state, block);
      block = 0;
    }
  }
}

/** A hasher for everything that begins with `prefix`. */
export function createHasher(prefix: string): Hasher {
  state = block = count = 0;
  feed(prefix);
  const prefixState = state;
  const prefixBlock = block;
  const prefixCount = count;
  /** How many bytes of a key fill up the block that the prefix began. */
  const lead = -count & 3;

  function hashBytes(key: string): number {
    state = prefixState;
    block = prefixBlock;
    count = prefixCount;
    feed(key);
    return finish(state, block, count);
  }

  // Hot path: most of what an evaluation costs. First what fills up the prefix's last block, then whole blocks, then
  // the rest. Simpler loops were half as fast again.
  return (key) => {
    const { length } = key;
    let hash = prefixState;
    let last = prefixBlock;
    let seen = 0;
    let i = 0;
    for (; i < lead && i < length; i++) {
      const code = key.charCodeAt(i);
      seen |= code;
      last |= code << ((prefixCount + i) << 3);
    }
    if (i === lead) {
      if (lead) {
        hash = absorb(hash, last);
        last = 0;
      }
      for (; i + 4 <= length; i += 4) {
        const a = key.charCodeAt(i);
        const b = key.charCodeAt(i + 1);
        const c = key.charCodeAt(i + 2);
        const d = key.charCodeAt(i + 3);
        seen |= a | b | c | d;
        hash = absorb(hash, a | (b << 8) | (c << 16) | (d << 24));
      }
      for (; i < length; i++) {
        const code = key.charCodeAt(i);
        seen |= code;
        last |= code << ((prefixCount + i) << 3);
      }
    }
    return seen > 127 ? hashBytes(key) : finish(hash, last, prefixCount + length);
  };
}
