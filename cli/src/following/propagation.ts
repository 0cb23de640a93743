import type * as Contract from '@dimmer/contract';
import type { ApiClient, Older } from '../api/api-client.ts';
import { plain, type Terminal } from '../text/output.ts';

const LOOK_MS = 50;
/** A receipt takes some milliseconds, over the worst line a second or two. */
const OVERDUE_MS = 10_000;

/** How far a change has come; a server of before says less. */
export type Propagation = Older<
  Omit<Contract.Propagation, 'browsers' | 'stragglers'>,
  'revision' | 'ageMs' | 'lost' | 'evaluatingOlder'
> & {
  readonly browsers?: Older<Contract.Propagation['browsers'], 'unprovenRelays'>;
  readonly stragglers: readonly Older<Contract.Propagation['stragglers'][number], 'failure'>[];
};

/** Polls until every instance has applied a change, or the time is up, and shows progress. */
export async function waitFor(
  api: ApiClient,
  environment: string,
  revision: number,
  timeoutMs: number,
  terminal: Terminal,
): Promise<Propagation> {
  const until = performance.now() + timeoutMs;
  for (;;) {
    const found: Propagation = await api.ask(
      'GET /projects/{project}/environments/{environment}/propagation',
      { environment },
      { query: { revision: String(revision) } },
    );
    if (terminal.isInteractive) terminal.err(`\r${found.applied} of ${found.connected - found.silent} … `);
    if (found.complete || performance.now() >= until) {
      if (terminal.isInteractive) terminal.err('\r');
      return found;
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

/** The same in words: only what an instance has confirmed is called applied. */
export function propagationText(found: Propagation): string {
  const { applied, connected, silent, lost = 0, delayMs, stragglers, everywhere, browsers, ageMs = 0 } = found;
  const due = connected - silent;
  const times = delayMs ? `; p50 ${round(delayMs.p50)}, p99 ${round(delayMs.p99)}, max ${round(delayMs.max)} ms` : '';
  const first =
    due === 0
      ? 'No instance that says what it applies is connected: nothing is confirmed. Whoever connects gets it.\n'
      : `${applied} of ${due} instances have applied it${times}\n`;
  const missing = stragglers.map(({ instance, application, appliedId, via, failure, polls }) => {
    const name = `${plain(instance)} (${plain(application) || 'no application'})${via ? ` via ${plain(via)}` : ''}`;
    return failure
      ? `  cannot take it: ${name}, at ${appliedId ?? 'nothing'}: ${plain(failure)}\n`
      : `  not yet: ${name}, at ${appliedId ?? 'nothing'}${polls ? ', asks now and then' : ''}\n`;
  });
  const hangs =
    stragglers.some(({ failure, polls }) => !failure && !polls) && ageMs >= OVERDUE_MS
      ? `Not confirmed for ${Math.floor(ageMs / 1_000)} s: whoever is named above without a reason still serves the old rules, as far as is known. Restart it.\n`
      : '';
  const gone =
    lost > 0
      ? `${lost} more ${lost === 1 ? 'was' : 'were'} there around the change and ${lost === 1 ? 'has' : 'have'} not been heard of since: whether they have it is not known.\n`
      : '';
  const quiet = silent > 0 ? `${silent} more never say what they apply.\n` : '';
  const relays = browsers?.unprovenRelays ?? 0;
  const below =
    relays > 0
      ? `Browsers below ${relays} ${relays === 1 ? 'relay' : 'relays'} to which nobody else comes are not counted.\n`
      : '';
  const blind = everywhere ? '' : 'Other servers cannot be asked now; their instances are missing here.\n';
  return first + missing.join('') + hangs + gone + quiet + below + blind;
}

function round(ms: number): string {
  return ms < 10 ? ms.toFixed(1) : ms.toFixed(0);
}
