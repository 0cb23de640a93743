import type { IncomingMessage, Server } from 'node:http';
import type { ConnectionObserver } from './connections.ts';

/** Pieces of a body that may be of any size. */
const FREE_PIECES = 64;
/** Of more they have at least so many bytes on average: clients send kilobytes at a time. */
const LEAST_BYTES = 64;

/**
 * Takes no more of a body whose connection ends: the parser goes on with the packet that it has, which may be ten thousand
 * pieces. To say that there is no room for one would stop the socket each time.
 */
export function leaveUnread(request: IncomingMessage): void {
  request.push = () => true;
}

/**
 * Cuts who sends a body in crumbs (`Transfer-Encoding: chunked`, a byte in each chunk). Whatever a limit on bytes allows
 * then comes as that many pieces, each of which is handed through streams and promises: 128 KiB, which a browser's key may
 * send, took two seconds of the event loop. Looked at where the parser hands a piece over, because it is there that one
 * costs next to nothing.
 */
export function refuseCrumbs(server: Server, observer: ConnectionObserver): void {
  server.prependListener('request', (request: IncomingMessage) => {
    if (request.headers['transfer-encoding'] === undefined) return;
    let pieces = 0;
    let bytes = 0;
    const take = request.push.bind(request);
    request.push = (piece: Buffer | null, encoding?: BufferEncoding): boolean => {
      pieces += 1;
      bytes += piece?.length ?? 0;
      if (piece === null || pieces <= FREE_PIECES || bytes >= pieces * LEAST_BYTES) return take(piece, encoding);
      observer.cut('crumbs');
      leaveUnread(request);
      request.socket.destroy();
      return true;
    };
  });
}
