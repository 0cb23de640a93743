/**
 * The same hash sooner. The seed is known when a flag arrives and only the key differs from call to call, so the state
 * after the prefix is kept, and a call hashes the key alone. Almost all keys are ASCII, where a character is a byte:
 * those are read as they are, without allocating. Of any other key the bytes are kept for the next seed.
 */
import { absorb, C1, C2, finish, type Hasher, utf8 } from './murmur3.ts';

/** The state after a prefix, and the bytes that did not fill a block. */
function startOf(bytes: Uint8Array): readonly [state: number, block: number] {
  let state = 0;
  let block = 0;
  for (let i = 0; i < bytes.length; i++) {
    block |= bytes[i]! << (i << 3);
    if ((i & 3) === 3) {
      state = absorb(state, block);
      block = 0;
    }
  }
  return [state, block];
}

/** The latest key that is not ASCII, and its bytes: one who is asked about is asked about under many seeds. */
let encodedKey = '';
let encoded = utf8('');

/** Goes on with the bytes of a key after `count` others. */
function hashBytes(state: number, block: number, count: number, key: string): number {
  if (key !== encodedKey) {
    encoded = utf8(key);
    encodedKey = key;
  }
  for (let i = 0; i < encoded.length; i++) {
    block |= encoded[i]! << (count << 3);
    if ((++count & 3) === 0) {
      state = absorb(state, block);
      block = 0;
    }
  }
  return finish(state, block, count);
}

/** A hasher for everything that begins with `prefix`. */
export function createFastHasher(prefix: string): Hasher {
  let prefixState = 0;
  let prefixBlock = 0;
  let prefixCount = -1;
  /** How many bytes of a key fill up the block that the prefix began. */
  let lead = 0;
  // Not before somebody asks: a ruleset has thousands of seeds, and most of them are never asked for.
  const begin = (): void => {
    const bytes = utf8(prefix);
    prefixCount = bytes.length;
    lead = -prefixCount & 3;
    [prefixState, prefixBlock] = startOf(bytes);
  };

  // Hot path: most of what an evaluation costs. First what fills up the prefix's last block, then whole blocks, then
  // the rest. Written out without calls: whether an engine takes `absorb` and `finish` over into this function is a
  // matter of luck, 45 or 60 ns for the same evaluation. Simpler loops were half as fast again.
  return (key) => {
    if (prefixCount < 0) begin();
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
        last = Math.imul(last, C1);
        hash ^= Math.imul((last << 15) | (last >>> 17), C2);
        hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
        last = 0;
      }
      for (; i + 4 <= length; i += 4) {
        const a = key.charCodeAt(i);
        const b = key.charCodeAt(i + 1);
        const c = key.charCodeAt(i + 2);
        const d = key.charCodeAt(i + 3);
        seen |= a | b | c | d;
        const block = Math.imul(a | (b << 8) | (c << 16) | (d << 24), C1);
        hash ^= Math.imul((block << 15) | (block >>> 17), C2);
        hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
      }
      for (; i < length; i++) {
        const code = key.charCodeAt(i);
        seen |= code;
        last |= code << ((prefixCount + i) << 3);
      }
    }
    if (seen > 127) return hashBytes(prefixState, prefixBlock, prefixCount, key);
    last = Math.imul(last, C1);
    hash ^= Math.imul((last << 15) | (last >>> 17), C2) ^ (prefixCount + length);
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return hash ^ (hash >>> 16);
  };
}
