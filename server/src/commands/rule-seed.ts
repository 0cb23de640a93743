import { createHash } from 'node:crypto';
import { LIMITS, type StoredServe } from '@dimmer/contract';

/**
 * A seed of a rule's own: with the flag's for all, the people of a first rule of 50 % are the very ones whom a second
 * rule of 50 % would serve, and that serves nobody. Made of the flag's seed and the rule's id, so the same rule has the
 * same people in every environment, and after it was served whole in between: docs/decisions/0119.
 */
export function ownSeed(flagSeed: string, ruleId: string): string {
  const seed = `${flagSeed}/${ruleId}`;
  return seed.length <= LIMITS.keyCharacters ? seed : createHash('sha256').update(seed).digest('hex').slice(0, 32);
}

/**
 * What is stored of what somebody wants a rule to serve. Without a seed an allocation keeps the one that it had, and
 * one that is new has its own. The flag's seed, which shares its people on purpose, is stored as no seed.
 *
 * @param was what the rule served until now, if it was there
 */
export function withSeed(serve: StoredServe, flagSeed: string, ruleId: string, was?: StoredServe): StoredServe {
  if ('variation' in serve) return serve;
  const { seed: sent, ...shared } = serve;
  const seed = sent ?? (was && 'slices' in was ? was.seed : ownSeed(flagSeed, ruleId));
  return seed === undefined || seed === flagSeed ? shared : { ...shared, seed };
}
