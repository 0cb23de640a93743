/**
 * Server-Sent Events as bytes. Data is JSON text, which has no line breaks, so one `data:` line always does.
 * No event is named `error`: a browser's EventSource would mix it up with its own.
 */

/** Tells how long to wait after a cut. Obeyed by clients without jitter, so each stream is given a value of its own. */
export function retryFrame(retryMs: number): string {
  return `retry: ${retryMs}\n\n`;
}

export function snapshotFrame(id: string, json: string): Buffer {
  return Buffer.from(`${snapshotHead(id)}${json}\n\n`);
}

/** The JSON inside a snapshot frame, without a copy: the same bytes answer `GET /sdk/v1/ruleset`. */
export function snapshotBody(id: string, frame: Buffer): Buffer {
  return frame.subarray(Buffer.byteLength(snapshotHead(id)), -2);
}

export function patchFrame(id: string, json: string): Buffer {
  return Buffer.from(`event: patch\nid: ${id}\ndata: ${json}\n\n`);
}

/**
 * Carries no `id:` line: only what was applied may become a `Last-Event-ID`.
 *
 * @param clients how many streams have this ruleset, so that each can know its part of what all may do together
 */
export function pingFrame(id: string, at: number, clients: number): Buffer {
  return Buffer.from(`event: ping\ndata: {"id":"${id}","at":${at},"clients":${clients}}\n\n`);
}

export function goodbyeFrame(reconnectInMs: number): string {
  return `event: goodbye\ndata: {"reconnectInMs":${reconnectInMs}}\n\n`;
}

function snapshotHead(id: string): string {
  return `event: snapshot\nid: ${id}\ndata: `;
}
