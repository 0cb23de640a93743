import type { IncomingMessage, Server, ServerResponse } from 'node:http';

// Why: decision 0144.
/**
 * Lets a server answer below the path of its public address (`https://tools.example.com/flags`) as it does at its root:
 * for proxies that pass the path on. What comes without it, from a proxy that takes it off or from beside the server, is
 * answered as well. In front of everything, so that nothing else knows of it.
 */
export function takeOffPath(http: Server, publicUrl: string | null): void {
  const path = publicUrl === null ? '/' : new URL(publicUrl).pathname;
  if (path === '/') return;
  const ask = http.listeners('request') as ((incoming: IncomingMessage, outgoing: ServerResponse) => void)[];
  http.removeAllListeners('request');
  http.on('request', (incoming, outgoing) => {
    const url = incoming.url ?? '/';
    if (url === path || url.startsWith(`${path}?`)) {
      // The page finds its scripts from where it is, and here it is one step above.
      outgoing.writeHead(308, { Location: `${path}/${url.slice(path.length)}` }).end();
      return;
    }
    if (url.startsWith(`${path}/`)) incoming.url = url.slice(path.length);
    for (const answer of ask) answer.call(http, incoming, outgoing);
  });
}
