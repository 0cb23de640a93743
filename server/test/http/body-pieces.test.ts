import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { refuseCrumbs } from '../../src/http/body-pieces.ts';
import type { CutReason } from '../../src/http/connections.ts';

let server: Server;

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** A server that answers how many bytes a body had, and in how many pieces it has read them. */
async function serve() {
  const cuts: CutReason[] = [];
  const read = { pieces: 0 };
  server = createServer((request, response) => {
    let bytes = 0;
    request.on('error', () => {});
    request.on('data', (piece: Buffer) => {
      read.pieces += 1;
      bytes += piece.length;
    });
    request.on('end', () => response.end(`read ${bytes}`));
  });
  refuseCrumbs(server, { cut: (why) => void cuts.push(why) });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { cuts, read };
}

/** Sends a body in chunks of so many bytes. @returns all that came until the connection was closed */
function send(chunks: number, bytes: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    let got = '';
    socket.on('error', () => {});
    socket.on('data', (data) => (got += data));
    socket.on('close', () => resolve(got));
    socket.write('POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n');
    socket.write(`${bytes.toString(16)}\r\n${'x'.repeat(bytes)}\r\n`.repeat(chunks));
    socket.write('0\r\n\r\n');
  });
}

describe('A body', () => {
  it('in crumbs is cut before it costs anything; one in pieces of kilobytes is read', async () => {
    const { cuts, read } = await serve();
    expect(await send(100_000, 1)).not.toContain('read');
    expect({ cuts, pieces: read.pieces }).toEqual({ cuts: ['crumbs'], pieces: 64 });
    expect(await send(1_000, 1_024)).toContain('read 1024000');
    expect(cuts).toEqual(['crumbs']);
  });

  it('that is small may come in any pieces', async () => {
    const { cuts } = await serve();
    expect(await send(50, 1)).toContain('read 50');
    expect(cuts).toEqual([]);
  });
});
