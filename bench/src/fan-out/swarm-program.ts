/**
 * Thousands of raw streams in a process of their own. Told to open, to cut all, or to storm, it answers when that is
 * done; whenever every stream has had one more patch, it answers with the instant at which the last one had it.
 */
import { RawReader } from './raw-reader.ts';
import { requestText, type StormPlan, type StormReport, storm } from './storm.ts';

export type SwarmCommand =
  | { readonly kind: 'open'; readonly url: string; readonly headers: Record<string, string>; readonly streams: number }
  | { readonly kind: 'cut' }
  | ({ readonly kind: 'storm' } & StormPlan);

/** `allAtNs` is of the machine's monotonic clock, which all processes share. */
export type SwarmAnswer =
  | { readonly kind: 'opened' | 'cut' }
  | { readonly kind: 'patched'; readonly allAtNs: string }
  | { readonly kind: 'stormed'; readonly report: StormReport };

/** Connections under way at once while streams are opened in peace. */
const AT_ONCE = 100;

let readers: RawReader[] = [];
let patched = 0;

process.on('message', (message) => void obey(message as SwarmCommand));

async function obey(command: SwarmCommand): Promise<void> {
  if (command.kind === 'open') return open(command);
  if (command.kind === 'cut') {
    for (const reader of readers) reader.cut();
    return answer({ kind: 'cut' });
  }
  const result = await storm(command, countPatch);
  readers = result.readers;
  patched = 0;
  answer({ kind: 'stormed', report: result.report });
}

/** In peace: some at a time, and who is refused comes back when he is told to. */
function open({ url, headers, streams }: Extract<SwarmCommand, { kind: 'open' }>): void {
  const address = new URL(url);
  const request = requestText(address, headers);
  let begun = 0;
  let opened = 0;
  const next = () => {
    if (begun === streams) return;
    begun += 1;
    attempt();
  };
  const attempt = () => {
    let isFirst = true;
    const reader: RawReader = new RawReader(address, request, {
      answered(status, retryAfterMs) {
        if (status === 200) {
          readers.push(reader);
          return;
        }
        if (retryAfterMs === undefined) throw new Error(`The stream answers ${status}`);
        reader.cut();
        setTimeout(attempt, retryAfterMs);
      },
      event(kind) {
        if (kind === 'patch') countPatch();
        if (kind !== 'ping' || !isFirst) return;
        isFirst = false;
        opened += 1;
        if (opened === streams) answer({ kind: 'opened' });
        else next();
      },
      closed() {
        throw new Error('A stream was ended');
      },
    });
  };
  for (let count = 0; count < AT_ONCE; count += 1) next();
}

function countPatch(): void {
  patched += 1;
  if (patched < readers.length) return;
  patched = 0;
  answer({ kind: 'patched', allAtNs: String(process.hrtime.bigint()) });
}

function answer(message: SwarmAnswer): void {
  process.send?.(message);
}
