/** What the worked examples do by the admin API: make a flag, turn it, read how it does. All in `production`. */
import { setTimeout as delay } from 'node:timers/promises';

const { DIMMER_URL = 'http://127.0.0.1:4400', DIMMER_ADMIN_TOKEN = '' } = process.env;
const PROJECT = `${DIMMER_URL}/api/v1/projects/default`;

interface Compared {
  readonly of: number;
  readonly count: number;
}

interface Instances {
  readonly items: readonly { readonly streams: number; readonly appliedId: string | null }[];
}

/** A flag as its people see it. */
export class Admin {
  readonly #flag: string;

  private constructor(flag: string) {
    this.#flag = flag;
  }

  /**
   * Makes the flag, on; a second run of an example finds it made, and perhaps killed.
   *
   * @param rollout where it begins, e.g. `{ percent: 0 }`
   */
  static async open(flag: string, type: 'boolean' | 'launch' | 'migration', rollout: object): Promise<Admin> {
    const admin = new Admin(flag);
    // With a seed of its own, the same visitors are chosen at each run.
    const made = await ask('POST', `${PROJECT}/flags`, { key: flag, type, seed: flag });
    if (!made.ok && made.status !== 409) throw await refusal(made);
    await admin.restore(rollout);
    return admin;
  }

  /** Says how many people get what. @returns the revision that says so. */
  async rollOut(rollout: object): Promise<number> {
    return this.#act('rollout', rollout);
  }

  /** Off for everybody, now. @returns the revision. */
  async kill(reason: string): Promise<number> {
    return this.#act('kill', { reason });
  }

  /**
   * On again. The share is set first: the other way round, everybody had the former one for a moment. What was off before
   * it was killed is off once it is restored, and the rollout turns it on.
   */
  async restore(rollout: object): Promise<number> {
    await this.#act('rollout', { ...rollout, on: false });
    await this.#act('restore', {});
    return this.rollOut(rollout);
  }

  /** Turns dials of its shadows. */
  async turn(dials: object): Promise<void> {
    await read(await ask('PATCH', `${this.#address}/dials`, dials));
  }

  /** How many results have been compared since, by one version or all, as far as processes have told; and how many differ. */
  async compared(from: number, version?: string): Promise<Compared> {
    const report = await read(await ask('GET', `${this.#address}/launch?${queryOf(from, version)}`));
    return (report as { mismatches: Compared }).mismatches;
  }

  /** All that has been observed of it since, for people. */
  async reportText(from: number, version?: string): Promise<string> {
    const answer = await ask('GET', `${this.#address}/launch?${queryOf(from, version)}&format=text`);
    if (!answer.ok) throw await refusal(answer);
    return answer.text();
  }

  /** Waits until every SDK that is connected says that it has applied a revision. */
  async applied(revision: number): Promise<void> {
    for (;;) {
      const { items } = (await read(await ask('GET', `${PROJECT}/environments/production/instances`))) as Instances;
      const connected = items.filter(({ streams }) => streams > 0);
      if (connected.every(({ appliedId }) => Number.parseInt(appliedId ?? '0', 10) >= revision)) return;
      await delay(50);
    }
  }

  get #address(): string {
    return `${PROJECT}/flags/${this.#flag}/environments/production`;
  }

  async #act(act: string, body: object): Promise<number> {
    const { revision } = (await read(await ask('POST', `${this.#address}/${act}`, body))) as { revision: number };
    return revision;
  }
}

function ask(method: string, url: string, body?: object): Promise<Response> {
  return fetch(url, {
    method,
    headers: { Authorization: `Bearer ${DIMMER_ADMIN_TOKEN}`, ...(body && { 'Content-Type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
}

async function read(answer: Response): Promise<unknown> {
  if (!answer.ok) throw await refusal(answer);
  return answer.json();
}

/** The server says the fix. */
async function refusal(answer: Response): Promise<Error> {
  return new Error(`${answer.url} was answered ${answer.status}: ${await answer.text()}`);
}

/** What a report is to be about. */
function queryOf(from: number, version: string | undefined): URLSearchParams {
  return new URLSearchParams({ from: String(from), ...(version !== undefined && { version }) });
}
