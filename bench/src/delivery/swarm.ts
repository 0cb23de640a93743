/**
 * A thousand raw streams in a process of their own. Told to open (`{ url, headers, streams }`), it answers `open`;
 * whenever every stream has had one more event, it answers with the instant at which the last one had it.
 * Raw sockets of node:http and a search for bytes, so that the readers cost as little as readers can.
 */
import { Agent, get } from 'node:http';

export interface OpenStreams {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly streams: number;
}

/** `allAtNs` is of the machine's monotonic clock, which all processes share. */
export type SwarmMessage = { readonly kind: 'open' } | { readonly kind: 'event'; readonly allAtNs: string };

const EVENT = Buffer.from('event: patch');
const BLANK_LINE = Buffer.from('\n\n');

process.once('message', (message) => openAll(message as OpenStreams));

function openAll({ url, headers, streams }: OpenStreams): void {
  const agent = new Agent({ maxSockets: Number.POSITIVE_INFINITY });
  let opened = 0;
  let received = 0;
  const onFirst = () => {
    opened += 1;
    if (opened === streams) tell({ kind: 'open' });
  };
  const onEvent = () => {
    received += 1;
    if (received < streams) return;
    received = 0;
    tell({ kind: 'event', allAtNs: String(process.hrtime.bigint()) });
  };
  for (let index = 0; index < streams; index += 1) openOne(url, headers, agent, onFirst, onEvent);
}

function openOne(
  url: string,
  headers: Readonly<Record<string, string>>,
  agent: Agent,
  onFirst: () => void,
  onEvent: () => void,
): void {
  get(url, { agent, headers }, (response) => {
    if (response.statusCode !== 200) throw new Error(`The stream answers ${response.statusCode}`);
    let isFirst = true;
    response.on('data', (chunk: Buffer) => {
      if (isFirst && chunk.includes(BLANK_LINE)) {
        isFirst = false;
        onFirst();
      }
      for (let at = chunk.indexOf(EVENT); at !== -1; at = chunk.indexOf(EVENT, at + EVENT.length)) onEvent();
    });
    response.on('end', () => process.exit(1));
  });
}

function tell(message: SwarmMessage): void {
  process.send?.(message);
}
