/**
 * Which proxy the environment asks for: `HTTPS_PROXY` and `HTTP_PROXY` by the scheme of the server, `ALL_PROXY` for both,
 * `NO_PROXY` for those that are reached without. The names may be written in small letters, which win, as in curl.
 */

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

/** Names stand for themselves and what is below them, with or without a port; `*` for everything. */
function isExcepted(server: URL, list: string): boolean {
  const port = server.port || (server.protocol === 'https:' ? '443' : '80');
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => {
      const [, name = '', wanted] = /^(?:\*?\.)?(\[.*\]|[^:]*)(?::(\d+))?$/.exec(entry) ?? [];
      if (entry === '*') return true;
      if (!name || (wanted && wanted !== port)) return false;
      return server.hostname === name || server.hostname.endsWith(`.${name}`);
    });
}
