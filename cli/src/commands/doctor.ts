import { type Environment, proxyFor, proxyName, unusableProxy } from '@dimmer/client-node';
import { ApiClient } from '../api/api-client.ts';
import { type Answered, request, whyNot } from '../api/http-request.ts';
import { readEvents } from '../api/server-events.ts';
import type { Settings } from '../api/settings.ts';
import { CommandProblem, Refusal } from '../text/exit-codes.ts';
import { plain } from '../text/output.ts';

const CLOCKS_APART_MS = 2_000;
const ANSWER_MS = 5_000;
/** The server greets at once. What takes longer is held up on its way. */
const GREETING_MS = 3_000;

export interface Finding {
  readonly isGood: boolean;
  readonly what: string;
}

/** Looks for what is wrong between here and the server, from the nearest to the farthest. */
export async function examine(settings: Settings, env: Environment): Promise<Finding[]> {
  const startedAt = Date.now();
  let ready: Answered;
  let text: string;
  try {
    ready = await request(`${settings.url}/health/ready`, { signal: AbortSignal.timeout(ANSWER_MS) });
    text = await ready.text();
  } catch (error) {
    const what = `${settings.url} cannot be reached: ${whyNot(error)}`;
    return [{ isGood: false, what }, ...proxyFindings(settings.url, env)];
  }
  const tookMs = Date.now() - startedAt;
  const { status, reason } = healthIn(text);
  const findings: Finding[] = [{ isGood: true, what: `${settings.url} answers within ${tookMs} ms` }];
  findings.push(...proxyFindings(settings.url, env));
  findings.push(
    status === undefined
      ? { isGood: false, what: 'what answers there is no Dimmer server, or a proxy answers in its stead' }
      : { isGood: status === 'ready', what: `it says: ${plain(status)}${reason ? ` (${plain(reason)})` : ''}` },
  );
  const date = Date.parse(ready.headers.date ?? '');
  if (Number.isFinite(date)) {
    // The header is cut to the second.
    const apartMs = Math.abs(date + 500 - (startedAt + tookMs / 2));
    findings.push({ isGood: apartMs < CLOCKS_APART_MS, what: `clocks are ${Math.round(apartMs / 1_000)} s apart` });
  }
  const api = new ApiClient(settings);
  const token = await examineToken(api);
  findings.push(token);
  if (token.isGood) findings.push(await examineStream(api));
  return findings;
}

/** What an answer of `/health/ready` says; nothing, if it is none. */
function healthIn(text: string): { status?: string; reason?: string } {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}

/** By which proxy, if the environment names one; or why not, if it names one that is of no use. */
function proxyFindings(url: string, env: Environment): Finding[] {
  const server = new URL(url);
  const proxy = proxyFor(server, env);
  if (proxy) return [{ isGood: true, what: `by the proxy ${proxyName(proxy)}, which the environment names` }];
  const problem = unusableProxy(server, env);
  if (problem !== undefined) return [{ isGood: false, what: problem }];
  const set = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy'].filter(
    (name) => env[name],
  );
  if (set.length === 0) return [];
  const why = 'directly: it is another scheme, or NO_PROXY or the loopback';
  return [{ isGood: true, what: `${set.join(' and ')} is set; ${server.host} is reached ${why}` }];
}

async function examineToken(api: ApiClient): Promise<Finding> {
  try {
    await api.ask('GET /projects', {});
    return { isGood: true, what: 'the token is taken' };
  } catch (error) {
    if (!(error instanceof CommandProblem)) throw error;
    return { isGood: false, what: `the token is not taken: ${plain(error.message)}` };
  }
}

/** Whether events arrive when they are sent. A proxy that collects what it hands on would delay every change. */
async function examineStream(api: ApiClient): Promise<Finding> {
  const ended = new AbortController();
  const timer = setTimeout(() => ended.abort(), GREETING_MS);
  const startedAt = performance.now();
  let opened = false;
  try {
    const response = await api.stream('/stream', ended.signal);
    opened = true;
    const encoding = response.headers['content-encoding'];
    for await (const { event } of readEvents(response.body)) {
      const tookMs = Math.round(performance.now() - startedAt);
      const packed = encoding ? `, though something on the way packs it (${plain(encoding)})` : '';
      if (event === 'hello') return { isGood: true, what: `events stream, the first within ${tookMs} ms${packed}` };
    }
    return { isGood: false, what: 'the event stream ends before its first event' };
  } catch (error) {
    if (error instanceof Refusal && error.code === 'ROUTE_NOT_FOUND') {
      return { isGood: true, what: 'the server is older than its event stream; watch does not work with it' };
    }
    if (!ended.signal.aborted) return { isGood: false, what: `no event stream: ${plain((error as Error).message)}` };
    const what = opened
      ? 'the event stream opens, and its first event does not come'
      : 'the event stream does not open';
    return { isGood: false, what: `${what}: something on the way holds it back (a proxy that buffers?)` };
  } finally {
    clearTimeout(timer);
    ended.abort();
  }
}
