/**
 * The same hash sooner. The seed is known when a flag arrives and only the key differs from call to call, so the state
 * after the prefix is kept, and a call hashes the key alone. Almost all keys are ASCII, where a character is a byte:
 * those are read as they are, without allocating. Any other key is left to the plain hasher.
 */
import { absorb, createHasher, finish, type Hasher, utf8 } from './murmur3.ts';

/** A hasher for everything that begins with `prefix`. */
export function createFastHasher(prefix: string): Hasher {
  const hashPlainly = createHasher(prefix);
  const bytes = utf8(prefix);
  const prefixCount = bytes.length;
  /** How many bytes of a key fill up the block that the prefix began. */
  const lead = -prefixCount & 3;
  let prefixState = 0;
  let prefixBlock = 0;
  bytes.forEach((byte, i) => {
    prefixBlock |= byte << (i << 3);
    if ((i & 3) === 3) {
      prefixState = absorb(prefixState, prefixBlock);
      prefixBlock = 0;
    }
  });
  const startState = prefixState;
  const startBlock = prefixBlock;

  // Hot path: most of what an evaluation costs. First what fills up the prefix's last block, then whole blocks, then
  // the rest. Simpler loops were half as fast again.
  return (key) => {
    const { length } = key;
    let hash = startState;
    let last = startBlock;
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
    return seen > 127 ? hashPlainly(key) : finish(hash, last, prefixCount + length);
  };
}
