import type { ApiClient } from './api-client.ts';
import { plain, type Terminal } from './output.ts';

const LOOK_MS = 50;

/** How far a change has come; as the API answers it. */
export interface Propagation {
  readonly complete: boolean;
  readonly everywhere: boolean;
  readonly connected: number;
  readonly applied: number;
  readonly silent: number;
  readonly delayMs: { readonly p50: number; readonly p99: number; readonly max: number } | null;
  readonly stragglers: readonly {
    readonly instance: string | null;
    readonly application: string | null;
    readonly appliedId: string | null;
    readonly via: string;
  }[];
}

/** Looks until every instance has applied a change, or the time is up; shows how far it is to who looks on. */
export async function waitFor(
  api: ApiClient,
  environment: string,
  revision: number,
  timeoutMs: number,
  terminal: Terminal,
): Promise<Propagation> {
  const until = performance.now() + timeoutMs;
  const path = `environments/${encodeURIComponent(environment)}/propagation?revision=${revision}`;
  for (;;) {
    const found: Propagation = await api.inProject('GET', path);
    if (terminal.isInteractive) terminal.err(`\r${found.applied} of ${found.connected - found.silent} … `);
    if (found.complete || performance.now() >= until) {
      if (terminal.isInteractive) terminal.err('\r');
      return found;
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

/** The same in words. */
export function propagationText({ applied, connected, silent, delayMs, stragglers, everywhere }: Propagation): string {
  const due = connected - silent;
  const times = delayMs ? `; p50 ${round(delayMs.p50)}, p99 ${round(delayMs.p99)}, max ${round(delayMs.max)} ms` : '';
  const first =
    due === 0
      ? 'No instance that says what it applies is connected: whoever connects gets it\n'
      : `${applied} of ${due} instances have applied it${times}\n`;
  const missing = stragglers.map(({ instance, application, appliedId, via }) => {
    const where = via ? ` via ${plain(via)}` : '';
    return `  not yet: ${plain(instance)} (${plain(application) || 'no application'})${where}, at ${appliedId ?? 'nothing'}\n`;
  });
  const blind = everywhere ? '' : 'Other servers cannot be asked now; their instances are missing here.\n';
  return first + missing.join('') + blind;
}

function round(ms: number): string {
  return ms < 10 ? ms.toFixed(1) : ms.toFixed(0);
}
