import { rulesetId } from '../../server/src/state/moment.ts';
import { type HttpAnswer, httpCall } from '../../server/test/http-call.ts';
import { ADMIN_TOKEN } from './server-process.ts';

/** One entry of the change log, as far as these tests look at it. */
interface LoggedChange {
  readonly revision: number;
  readonly id: string;
  readonly hash: string;
  readonly at: number;
}

const PRODUCTION = { project: 'default', environment: 'production', audience: 'server' } as const;

/** The admin API, as far as these tests need it. Rejects when the server is gone. */
export class AdminClient {
  readonly #url: () => string;

  /** @param url asked for each time: the server may come back elsewhere */
  constructor(url: () => string) {
    this.#url = url;
  }

  // biome-ignore lint/suspicious/noExplicitAny: the answers of all routes
  async call(method: string, path: string, body?: unknown): Promise<any> {
    const { status, text } = await this.#send(method, path, body);
    if (status < 200 || status >= 300) throw new Error(`${method} ${path}: ${status} ${text}`);
    return JSON.parse(text);
  }

  /** As `call`, and whatever comes of it is an answer. Status 0: the connection broke before there was one. */
  // biome-ignore lint/suspicious/noExplicitAny: the answers of all routes
  async attempt(method: string, path: string, body?: unknown): Promise<{ status: number; body: any }> {
    try {
      const { status, text } = await this.#send(method, path, body);
      return { status, body: JSON.parse(text) };
    } catch {
      return { status: 0, body: null };
    }
  }

  #send(method: string, path: string, body?: unknown): Promise<HttpAnswer> {
    return httpCall(`${this.#url()}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  }

  createFlag(key: string): Promise<unknown> {
    return this.call('POST', '/projects/default/flags', { key, type: 'boolean' });
  }

  /** Gives `on` to so many of 100,000. */
  async rollout(flag: string, parts: number): Promise<LoggedChange> {
    const path = `/projects/default/flags/${flag}/environments/production/rollout`;
    return await this.call('POST', path, { variation: 'on', percent: parts / 1_000 });
  }

  /** How many of 100,000 are given `on`. */
  async partsOn(flag: string): Promise<number> {
    const { fallthrough } = await this.call('GET', `/projects/default/flags/${flag}/environments/production`);
    if (fallthrough.variation !== undefined) return fallthrough.variation === 'on' ? 100_000 : 0;
    return fallthrough.slices.find(({ variation }: { variation: string }) => variation === 'on')?.parts ?? 0;
  }

  /** Every change after a revision: revision → the id by which production's servers know it. */
  async changesAfter(revision: number): Promise<Map<number, string>> {
    const found = new Map<number, string>();
    let before = '';
    for (;;) {
      const { items, next } = await this.call('GET', `/changes?after=${revision}&limit=500${before}`);
      for (const change of items as LoggedChange[]) found.set(change.revision, rulesetId(change, PRODUCTION));
      if (next === null) return found;
      before = `&before=${next}`;
    }
  }

  verify(): Promise<{ ok: boolean; revision: number; problem?: string }> {
    return this.call('GET', '/changes/verify');
  }
}
