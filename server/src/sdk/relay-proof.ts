import type { Context } from 'hono';
import { parseToken } from '../access/token.ts';

/** What a relay says beside the key of browsers: server keys that it has been given, so that one of them is believed. */
export const RELAY_HEADER = 'dimmer-relay';

/** More would not fit beside other headers; a relay knows a few environments. */
const MOST_KEYS = 20;

/**
 * The server keys by which a request claims to come from a relay; none if it does not claim so. A key of browsers is
 * public, so that alone cannot speak for many; nor can a page, whatever it sends.
 */
export function relayProofOf(c: Context): readonly string[] {
  const header = c.req.header(RELAY_HEADER);
  if (header === undefined || c.req.header('origin') !== undefined) return [];
  return header.split(' ', MOST_KEYS).filter((token) => parseToken(token)?.kind === 'server');
}

/** @param tokens server keys, any number */
export function relayHeader(tokens: readonly string[]): string {
  return tokens.slice(0, MOST_KEYS).join(' ');
}
