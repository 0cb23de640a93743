/**
 * Which proxy the environment asks for: `HTTPS_PROXY` and `HTTP_PROXY` by the scheme of the server, `ALL_PROXY` for both,
 * `NO_PROXY` for those that are reached without. The names may be written in small letters, which win, as in curl.
 * Why: decision 0071.
 */
import { BlockList, isIP } from 'node:net';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The proxy through which a server is reached; undefined if directly. What cannot be used as a proxy is none. */
export function proxyFor(server: URL, environment: Environment): URL | undefined {
  const named = namedFor(server, environment);
  const proxy = named && addressOf(named.text);
  return proxy && isHttp(proxy) ? proxy : undefined;
}

/**
 * What is wrong with the proxy that the environment names for a server, and the fix; undefined if it can be used, or
 * none is named. The server is reached directly then, which is not what setting the variable means. The address
 * itself is not repeated: it may hold a password.
 *
 * @param environment where proxies are named; default `process.env`
 */
export function unusableProxy(server: URL, environment: Environment = process.env): string | undefined {
  const named = namedFor(server, environment);
  const proxy = named && addressOf(named.text);
  if (!named || (proxy && isHttp(proxy))) return undefined;
  const what = proxy ? `names a ${proxy.protocol.slice(0, -1)} proxy, which is not supported` : 'is not an address';
  const wanted = `Name an http or https proxy, as in http://proxy.example:3128, or put ${server.hostname} into NO_PROXY.`;
  return `${named.variable} ${what}: ${server.host} is reached directly. ${wanted}`;
}

/** The variable that counts for a server, and what it says; undefined if none does, or the server is excepted. */
function namedFor(server: URL, environment: Environment): { variable: string; text: string } | undefined {
  const own = server.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  // Where a web server runs programs, `HTTP_PROXY` is the header `Proxy` of the request, so it is not to be believed.
  const isForged = (name: string) => name === 'HTTP_PROXY' && environment.REQUEST_METHOD !== undefined;
  const variable = [own.toLowerCase(), own, 'all_proxy', 'ALL_PROXY'].find(
    (name) => environment[name]?.trim() && !isForged(name),
  );
  const text = variable && environment[variable]?.trim();
  if (!text || isLoopback(server.hostname)) return undefined;
  return isExcepted(server, environment.no_proxy || environment.NO_PROXY || '') ? undefined : { variable, text };
}

function addressOf(text: string): URL | undefined {
  try {
    return new URL(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`);
  } catch {
    return undefined;
  }
}

/** The kinds of proxy that can be used. SOCKS was rejected: it takes a library, and an SDK has none to spare. */
function isHttp({ protocol }: URL): boolean {
  return protocol === 'http:' || protocol === 'https:';
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
