/**
 * murmur3_x86_32 over UTF-8, seed 0 (Austin Appleby, public domain: smhasher, MurmurHash3.cpp).
 *
 * Bucketing hashes `<seed>:<key>`, where the seed is known when a flag arrives and only the key differs from call to
 * call. So a hasher is made once for a prefix and keeps the state after it; a call hashes the key alone, without
 * allocating. Almost all keys are ASCII, where a character is a byte: those take a path of whole blocks, and any other
 * key starts again byte by byte.
 */

const C1 = 0xcc9e2d51;
const C2 = 0x1b873593;

/** Hashes the prefix it was made for, followed by `key`: an integer from 0 to 2^32 − 1. */
export type Hasher = (key: string) => number;

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
  return (hash ^ (hash >>> 16)) >>> 0;
}

// The byte-wise path keeps its state here rather than in an object, so that it does not allocate either. Hashing is
// synchronous and calls no foreign code, so nobody can come in between.
let state = 0;
let block = 0;
let byteCount = 0;

function feed(byte: number): void {
  block |= byte << ((byteCount & 3) << 3);
  byteCount++;
  if ((byteCount & 3) === 0) {
    state = absorb(state, block);
    block = 0;
  }
}

/** Feeds `text` as UTF-8; a lone surrogate becomes U+FFFD, as TextEncoder has it. */
function feedText(text: string): void {
  for (let i = 0; i < text.length; i++) {
    let point = text.codePointAt(i)!;
    if (point >= 0xd800 && point < 0xe000) point = 0xfffd;
    if (point < 0x80) feed(point);
    else {
      if (point < 0x800) feed(0xc0 | (point >> 6));
      else {
        if (point < 0x10000) feed(0xe0 | (point >> 12));
        else {
          i++;
          feed(0xf0 | (point >> 18));
          feed(0x80 | ((point >> 12) & 63));
        }
        feed(0x80 | ((point >> 6) & 63));
      }
      feed(0x80 | (point & 63));
    }
  }
}

/** A hasher for everything that begins with `prefix`. */
export function createHasher(prefix: string): Hasher {
  state = block = byteCount = 0;
  feedText(prefix);
  const prefixState = state;
  const prefixBlock = block;
  const prefixBytes = byteCount;
  /** How many bytes of a key fill up the block that the prefix began. */
  const lead = -prefixBytes & 3;

  function hashBytes(key: string): number {
    state = prefixState;
    block = prefixBlock;
    byteCount = prefixBytes;
    feedText(key);
    return finish(state, block, byteCount);
  }

  // Hot path: written out block by block, because it is most of what an evaluation costs.
  return (key) => {
    const length = key.length;
    let hash = prefixState;
    let last = prefixBlock;
    let seen = 0;
    let i = 0;
    if (lead !== 0 && length >= lead) {
      for (let shift = (4 - lead) << 3; i < lead; i++, shift += 8) {
        const code = key.charCodeAt(i);
        seen |= code;
        last |= code << shift;
      }
      hash = absorb(hash, last);
      last = 0;
    }
    if (lead === 0 || i !== 0) {
      for (; i + 4 <= length; i += 4) {
        const a = key.charCodeAt(i);
        const b = key.charCodeAt(i + 1);
        const c = key.charCodeAt(i + 2);
        const d = key.charCodeAt(i + 3);
        seen |= a | b | c | d;
        hash = absorb(hash, a | (b << 8) | (c << 16) | (d << 24));
      }
    }
    for (let shift = ((prefixBytes + i) & 3) << 3; i < length; i++, shift += 8) {
      const code = key.charCodeAt(i);
      seen |= code;
      last |= code << shift;
    }
    return seen > 127 ? hashBytes(key) : finish(hash, last, prefixBytes + length);
  };
}
