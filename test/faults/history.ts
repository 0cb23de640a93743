import type { AdminClient } from './admin-client.ts';

const VALUES = ['a', 'b', 'c', 'd'] as const;

/** What all flags serve, by their order, as one text: `abacdd`. */
type State = string;

interface Mark {
  readonly id: string;
  readonly state: State;
}

/**
 * Flags that serve one of four texts to everybody, one write after another, and what every id of that history means. So
 * it can be told of any client whether what it serves is what its id says, or a mixture of two states.
 */
export class History {
  readonly #admin: AdminClient;
  readonly #flags: readonly string[];
  readonly #states = new Map<string, State>();
  /** What clients have served: id → state → who. Compared in the end, because a client may be faster than the answer. */
  readonly #seen = new Map<string, Map<State, string>>();
  #state: State;
  #id = '';
  #begins = 0;
  #writes = 0;
  looks = 0;

  constructor(admin: AdminClient, flags: number) {
    this.#admin = admin;
    this.#flags = Array.from({ length: flags }, (_, index) => `state-${index}`);
    this.#state = 'a'.repeat(flags);
  }

  get id(): string {
    return this.#id;
  }

  /** Makes the flags. What clients see before that is done is not looked at. */
  async begin(): Promise<void> {
    const variations = VALUES.map((value) => ({ key: value, value }));
    for (const key of this.#flags) {
      await this.#admin.call('POST', '/projects/default/flags', { key, type: 'string', variations });
      await this.#admin.call('POST', `${pathOf(key)}/toggle`, { on: true });
      await this.#serve(key, 'a');
    }
    await this.write();
    this.#begins = revisionOf(this.#id);
  }

  /** Another value for the next flag in turn. */
  async write(): Promise<void> {
    const index = this.#writes % this.#flags.length;
    const value = VALUES[
      (VALUES.indexOf(this.#state[index] as 'a') + 1 + (this.#writes % 3)) % VALUES.length
    ] as string;
    this.#writes += 1;
    const key = this.#flags[index] as string;
    const id = await this.#serve(key, value);
    this.#state = this.#state.slice(0, index) + value + this.#state.slice(index + 1);
    this.#id = id;
    this.#states.set(id, this.#state);
  }

  mark(): Mark {
    return { id: this.#id, state: this.#state };
  }

  /** The server has been taken back to there. */
  goBack({ id, state }: Mark): void {
    this.#id = id;
    this.#state = state;
  }

  /** Notes what somebody serves who says to be at an id. */
  saw(id: string, serves: (flag: string) => string, who: string): void {
    this.looks += 1;
    const states = this.#seen.get(id) ?? new Map<State, string>();
    states.set(this.#stateBy(serves), who);
    this.#seen.set(id, states);
  }

  serves(id: string, serves: (flag: string) => string): boolean {
    return this.#states.get(id) === this.#stateBy(serves);
  }

  /** Whoever served what no id, or another one than its own, means. */
  mixed(): string[] {
    return [...this.#seen].flatMap(([id, states]) => {
      if (revisionOf(id) < this.#begins) return [];
      const right = this.#states.get(id);
      const wrong = [...states].filter(([state]) => state !== right);
      return wrong.map(([state, who]) => `${who} served ${state} at ${id}, which is ${right ?? 'unknown'}`);
    });
  }

  async #serve(key: string, variation: string): Promise<string> {
    return (await this.#admin.call('PUT', `${pathOf(key)}/fallthrough`, { serve: { variation } })).id;
  }

  #stateBy(serves: (flag: string) => string): State {
    return this.#flags.map((flag) => serves(flag)).join('');
  }
}

function revisionOf(id: string): number {
  return Number.parseInt(id, 10);
}

function pathOf(flag: string): string {
  return `/projects/default/flags/${flag}/environments/production`;
}
