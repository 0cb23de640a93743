import { FLAG } from './customers.ts';
import type { Setting } from './setting.ts';

const PROJECT = 'default';
const ENVIRONMENT = 'production';

/** What is read here of how a flag stands in one environment. */
interface EnvironmentSummary {
  readonly environment: string;
  /** The change that wrote it last. */
  readonly revision: number;
  readonly on: boolean;
  readonly killed: { readonly by: string; readonly reason: string } | null;
  /** Percent that has it. */
  readonly lit: number;
  /** What restoring it brings back; `null` unless it is killed. */
  readonly restores: { readonly lit: number } | null;
}

/** The shop's people at their desks: makes the flag, turns it up and down, by the admin API and nothing else. */
export class BackOffice {
  readonly #url: string;
  readonly #token: string;

  private constructor(url: string, token: string) {
    this.#url = url;
    this.#token = token;
  }

  /**
   * Makes an admin token of the back office's own, so that the history says who it was.
   *
   * @param url the Dimmer server.
   * @param token an admin token that may make others.
   */
  static async open(url: string, token: string): Promise<BackOffice> {
    const body = { name: 'the back office', project: PROJECT };
    const own = (await new BackOffice(url, token).#ask('POST', '/keys', body)) as { token: string };
    return new BackOffice(url, own.token);
  }

  /** Makes the flag: off, and visible to browsers. */
  async createFlag(): Promise<void> {
    await this.#ask('POST', `/projects/${PROJECT}/flags`, {
      key: FLAG,
      name: 'New checkout',
      type: 'boolean',
      purpose: 'release',
      browser: true,
    });
  }

  /** Makes a key for the shop's service or for its page. @returns the key, which the server tells only now. */
  async createKey(kind: 'server' | 'browser'): Promise<string> {
    const path = `/projects/${PROJECT}/environments/${ENVIRONMENT}/keys`;
    const { token } = (await this.#ask('POST', path, { kind, name: `shop, ${kind}` })) as { token: string };
    return token;
  }

  /**
   * Serves the new checkout to a share of customers. After a kill the share is set first and the flag restored then:
   * the other way round, everybody would have it for a moment.
   */
  async setPercent(percent: number): Promise<void> {
    const { killed } = await this.setting();
    if (!killed) return void (await this.#act('rollout', { percent }));
    await this.#act('rollout', { percent, on: false });
    await this.#act('restore', {});
    // What was off when it was killed is off again.
    await this.#act('rollout', { percent });
  }

  async kill(reason: string): Promise<void> {
    await this.#act('kill', { reason });
  }

  /** How the flag is set now, and since when. */
  async setting(): Promise<Setting> {
    const path = `/projects/${PROJECT}/flags/${FLAG}`;
    const { environments } = (await this.#ask('GET', path)) as { environments: readonly EnvironmentSummary[] };
    const found = environments.find(({ environment }) => environment === ENVIRONMENT);
    if (!found) throw new Error(`There is no ${FLAG} in ${ENVIRONMENT}`);
    const { on, killed, lit, restores, revision } = found;
    const { at } = (await this.#ask('GET', `/changes/${revision}`)) as { at: number };
    return { on, killed, percent: restores?.lit ?? lit, revision, at };
  }

  /** A shell line that does by hand what `act` does here. It carries the token, so it is for the terminal only. */
  curl(act: 'rollout' | 'kill' | 'restore', body: object): string {
    return [
      `curl -X POST ${this.#url}/api/v1${this.#targetingPath()}/${act}`,
      `-H 'Authorization: Bearer ${this.#token}'`,
      `-H 'Content-Type: application/json'`,
      `-d '${JSON.stringify(body)}'`,
    ].join(' ');
  }

  #act(act: string, body: object): Promise<unknown> {
    return this.#ask('POST', `${this.#targetingPath()}/${act}`, body);
  }

  #targetingPath(): string {
    return `/projects/${PROJECT}/flags/${FLAG}/environments/${ENVIRONMENT}`;
  }

  /** @throws Error with the server's own message, which says the fix. */
  async #ask(method: string, path: string, body?: object): Promise<unknown> {
    const response = await fetch(`${this.#url}/api/v1${path}`, {
      method,
      headers: { Authorization: `Bearer ${this.#token}`, ...(body && { 'Content-Type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}: ${text}`);
    return JSON.parse(text);
  }
}
