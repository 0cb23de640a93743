import type { IncomingMessage } from 'node:http';
import { isIP, isIPv6 } from 'node:net';
import type { Logger } from '../logger.ts';

// Why: decision 0122.
/** Of a connection that has ended before anybody asked. */
const GONE = 'gone';

/**
 * Where requests come from, for limits by address.
 *
 * Without proxies that is the other end of the connection, whatever the request says of itself: `X-Forwarded-For` can
 * be written by anybody. (To know nothing of a request that has the header, so that a forgotten `DIMMER_PROXIES` cannot
 * put all users under one address, was rejected: a client that wrote it was under no limit at all.) Behind `proxies` of
 * them it is what the outermost of ours has written; what stands further left may be made up. A request that has not
 * come through all of them, or whose proxy wrote no address, counts for the other end of its connection.
 *
 * @param proxies how many of our own proxies stand in front of this server
 * @param logger told once of a request that says it came through a proxy, where none is configured
 */
export function clientAddresses(proxies: number, logger?: Logger): (request: IncomingMessage) => string {
  let hasWarned = logger === undefined;
  return ({ headers, socket }) => {
    const other = socket.remoteAddress ?? GONE;
    if (proxies === 0) {
      if (!hasWarned && headers['x-forwarded-for'] !== undefined) {
        hasWarned = true;
        logger?.warn('A request has X-Forwarded-For and DIMMER_PROXIES is 0: limits by address count the other end', {
          fix: 'If a proxy of yours stands in front, set DIMMER_PROXIES; otherwise somebody made the header up.',
          address: other,
        });
      }
      return other;
    }
    const hops = String(headers['x-forwarded-for'] ?? '').split(',');
    return addressIn(hops.at(-proxies)?.trim() ?? '') ?? other;
  };
}

/**
 * What limits by address count by: a client with an address of IPv6 has 2^64 of them, so it is the first half of it; an
 * address of IPv4 is itself, also where it is written as one of IPv6.
 */
export function networkOf(address: string): string {
  const [bare = ''] = address.toLowerCase().split('%');
  if (!isIPv6(bare)) return address;
  const groups = groupsOf(bare);
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (!isMapped)
    return groups
      .slice(0, 4)
      .map((group) => group.toString(16))
      .join(':');
  return [groups[6], groups[7]].flatMap((group = 0) => [group >> 8, group & 0xff]).join('.');
}

/** Eight numbers of 16 bits. @param address of IPv6, checked, without a zone */
function groupsOf(address: string): number[] {
  const [left = '', right] = address.split('::');
  const [head, tail] = [numbersIn(left), numbersIn(right ?? '')];
  const missing = right === undefined ? 0 : Math.max(0, 8 - head.length - tail.length);
  return [...head, ...Array<number>(missing).fill(0), ...tail];
}

/** The last part may be written as IPv4, for two groups. */
function numbersIn(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    if (!group.includes('.')) return [Number.parseInt(group, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number);
    return [(a << 8) | b, (c << 8) | d];
  });
}

/** Some proxies add the port, which is another one for every connection. */
function addressIn(hop: string): string | null {
  const [, bracketed] = /^\[(.+)\](?::\d+)?$/.exec(hop) ?? [];
  const address = bracketed ?? (isIP(hop) ? hop : hop.replace(/:\d+$/, ''));
  return isIP(address) ? address : null;
}
