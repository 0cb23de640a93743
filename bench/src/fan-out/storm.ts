import { retryDelayMs } from '../../../client/src/retry-policy.ts';
import { RawReader } from './raw-reader.ts';

/** How clients come back that have all lost their stream at the same instant. */
export interface StormPlan {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly clients: number;
  /** `sdk`: by the SDKs' own retry policy. Otherwise at any instant within so many ms; who is refused, by the policy. */
  readonly firstWithinMs: 'sdk' | number;
}

export interface StormReport {
  readonly refused: number;
  /** Attempts that ended without an answer. */
  readonly failed: number;
  readonly snapshots: number;
  readonly patches: number;
  /** From the beginning until the last client was current, ms. */
  readonly allCurrentMs: number;
  /** The most attempts within 100 ms, as a share of the clients. */
  readonly densest: number;
  /** From each attempt that was let in until the client was current, ms. */
  readonly tookMs: readonly number[];
}

const BUCKET_MS = 100;

/** Runs a storm. Resolves when every client is current; the readers go on reading. */
export async function storm(plan: StormPlan, tell: (kind: 'patch') => void) {
  const { clients, firstWithinMs } = plan;
  const url = new URL(plan.url);
  const request = requestText(url, plan.headers);
  const counted = { refused: 0, failed: 0, snapshots: 0, patches: 0 };
  const buckets: number[] = [];
  const tookMs: number[] = [];
  const readers: RawReader[] = [];
  const start = performance.now();

  await new Promise<void>((resolve) => {
    for (let client = 0; client < clients; client += 1) {
      const firstMs =
        firstWithinMs === 'sdk'
          ? retryDelayMs({ failures: 0, delivered: true }, Math.random)
          : Math.random() * firstWithinMs;
      setTimeout(() => attempt(client, 0), firstMs);
    }

    function attempt(client: number, failures: number): void {
      const began = performance.now();
      const bucket = Math.floor((began - start) / BUCKET_MS);
      buckets[bucket] = (buckets[bucket] ?? 0) + 1;
      let isCurrent = false;
      const again = (status?: number, retryAfterMs?: number) => {
        readers[client]?.cut();
        const trouble = { failures: failures + 1, ...(status && { status }), ...(retryAfterMs && { retryAfterMs }) };
        setTimeout(() => attempt(client, failures + 1), retryDelayMs(trouble, Math.random));
      };
      readers[client] = new RawReader(url, request, {
        answered(status, retryAfterMs) {
          if (status === 200) return;
          counted.refused += 1;
          again(status, retryAfterMs);
        },
        event(kind) {
          if (isCurrent) {
            if (kind === 'patch') tell(kind);
            return;
          }
          if (kind === 'snapshot') counted.snapshots += 1;
          if (kind === 'patch') counted.patches += 1;
          if (kind !== 'ping') return;
          isCurrent = true;
          tookMs.push(performance.now() - began);
          if (tookMs.length === clients) resolve();
        },
        closed() {
          if (isCurrent) throw new Error('A stream was ended');
          counted.failed += 1;
          again();
        },
      });
    }
  });
  const report: StormReport = {
    ...counted,
    allCurrentMs: performance.now() - start,
    densest: buckets.reduce((most, count) => Math.max(most, count), 0) / clients,
    tookMs,
  };
  return { report, readers };
}

export function requestText(url: URL, headers: Readonly<Record<string, string>>): string {
  const lines = Object.entries({ Host: url.host, ...headers }).map(([name, value]) => `${name}: ${value}`);
  return `GET ${url.pathname} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`;
}
