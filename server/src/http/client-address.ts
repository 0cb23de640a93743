import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

/**
 * Where requests come from.
 *
 * Without proxies that is the other end of the connection; but if such a request says that it came through one, somebody
 * has forgotten to configure it (or lies): then nothing is known, rather than all users having the proxy's address.
 * Behind `proxies` of them it is what the outermost of ours has written; what stands further left may be made up.
 *
 * @param proxies how many of our own proxies stand in front of this server
 */
export function clientAddresses(proxies: number): (request: IncomingMessage) => string | null {
  return ({ headers, socket }) => {
    const forwarded = headers['x-forwarded-for'];
    if (proxies === 0) return forwarded === undefined ? (socket.remoteAddress ?? null) : null;
    const hops = String(forwarded ?? '').split(',');
    return addressIn(hops.at(-proxies)?.trim() ?? '');
  };
}

/** Some proxies add the port, which is another one for every connection. */
function addressIn(hop: string): string | null {
  const [, bracketed] = /^\[(.+)\](?::\d+)?$/.exec(hop) ?? [];
  const address = bracketed ?? (isIP(hop) ? hop : hop.replace(/:\d+$/, ''));
  return isIP(address) ? address : null;
}
