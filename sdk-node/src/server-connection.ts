/** The server as a client in Node has it: always connected, and connected anew after a sleep, which no connection survives. */
import { type Connection, type Holds, hearing, type Lifecycle, type Log } from '@dimmer/client';
import { connectNode, unusableProxy } from '@dimmer/client-node';
import { createWakeWatch } from './wake-watch.ts';

interface ServerDeps {
  readonly url: URL;
  readonly key: string;
  /** Who connects. */
  readonly query: URLSearchParams;
  /** Takes in what the server answers to reports. */
  readonly holds: Holds;
  readonly log: Log;
}

interface ServerConnection {
  readonly connection: Connection;
  readonly lifecycle: Lifecycle;
}

export function connectServer({ url, key, query, holds, log }: ServerDeps): ServerConnection {
  const proxyProblem = unusableProxy(url, process.env);
  if (proxyProblem !== undefined) log('PROXY_UNUSABLE', proxyProblem);
  const node = connectNode(url, key, query);
  const sleep = createWakeWatch();
  const connection: Connection = {
    ...node,
    // A process that was frozen notices it when it has something to send.
    request(...asked) {
      sleep.look();
      return node.request(...asked);
    },
  };
  return {
    connection: hearing(connection, holds),
    lifecycle({ stream: { connect } }) {
      connect();
      return sleep.onWake(() => {
        node.refresh();
        connect();
      });
    },
  };
}
