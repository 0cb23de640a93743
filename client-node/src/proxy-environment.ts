/**
 * Which proxy the environment asks for: `HTTPS_PROXY` and `HTTP_PROXY` by the scheme of the server, `ALL_PROXY` for both,
 * `NO_PROXY` for those that are reached without. The names may be written in small letters, which win, as in curl.
 */
import { BlockList, isIP } from 'node:net';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The proxy through which a server is reached; undefined if directly. An address that is none is none. */
export function proxyFor(server: URL, environment: Environment): URL | undefined {
  const read = (name: string): string | undefined => environment[name.toLowerCase()] || environment[name];
  // Where a web server runs programs, `HTTP_PROXY` is the header `Proxy` of whoever asks, so it is not to be believed.
  const isCgi = environment.REQUEST_METHOD !== undefined;
  const own = server.protocol === 'https:' ? read('HTTPS_PROXY') : isCgi ? environment.http_proxy : read('HTTP_PROXY');
  const proxy = addressOf(own || read('ALL_PROXY') || '');
  return proxy && !isLoopback(server.hostname) && !isExcepted(server, read('NO_PROXY') ?? '') ? proxy : undefined;
}

function addressOf(text: string): URL | undefined {
  try {
    const url = text && new URL(/^\w+:\/\//.test(text) ? text : `http://${text}`);
    return url && /^https?:$/.test(url.protocol) ? url : undefined;
  } catch {
    return undefined;
  }
}

/** The loopback of the proxy's machine is never the one that is meant. */
function isLoopback(host: string): boolean {
  return /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/.test(host);
}

/**
 * Names stand for themselves and what is below them, addresses for themselves, `10.0.0.0/8` for a range of addresses;
 * each with or without a port where that can be told apart. `*` stands for everything.
 */
function isExcepted(server: URL, list: string): boolean {
  const port = server.port || (server.protocol === 'https:' ? '443' : '80');
  const host = server.hostname.replace(/^\[|\]$|\.$/g, '');
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => {
      if (entry === '*') return true;
      // An address of IPv6 without brackets has colons of its own, and no port.
      const [, bare, wanted] =
        isIP(entry) || entry.includes('/') ? ['', entry] : (/^(.*?)(?::(\d+))?$/.exec(entry) ?? []);
      const name = (bare ?? '').replace(/^\[|\]$|\.$/g, '').replace(/^\*?\./, '');
      if (!name || (wanted && wanted !== port)) return false;
      if (name.includes('/')) return isInRange(host, name);
      return isIP(host) ? isSameAddress(host, name) : host === name || host.endsWith(`.${name}`);
    });
}

const family = (address: string) => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

function isSameAddress(one: string, other: string): boolean {
  if (!isIP(other)) return false;
  const list = new BlockList();
  list.addAddress(other, family(other));
  return list.check(one, family(one));
}

function isInRange(host: string, range: string): boolean {
  const [address = '', bits = ''] = range.split('/');
  if (!isIP(host) || !isIP(address) || !/^\d+$/.test(bits) || Number(bits) > (isIP(address) === 6 ? 128 : 32))
    return false;
  const list = new BlockList();
  list.addSubnet(address, Number(bits), family(address));
  return list.check(host, family(host));
}

/** A proxy as it may be shown: without who uses it. */
export function proxyName({ protocol, host }: URL): string {
  return `${protocol}//${host}`;
}
