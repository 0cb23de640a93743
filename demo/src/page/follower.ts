import type { DimmerClient } from '@dimmer/browser';
import { CUSTOMERS, decideWall, FLAG } from '../customers.ts';
import { isOneRevision, type NodeWall, type Setting } from '../setting.ts';
import type { Ledger } from './ledger.ts';
import type { Room } from './room.ts';
import type { Storefront } from './storefront.ts';
import type { Wall } from './wall.ts';

// Why: decision 0046.
/** Between two questions to a service that is not yet where this page is; it waits a second itself before it says so. */
const ASK_AGAIN_MS = 250;

/** Who decided the wall that is shown. */
export type Decider = 'browser' | 'node';

interface Parts {
  readonly canvas: HTMLCanvasElement;
  readonly wall: Wall;
  readonly room: Room;
  readonly ledger: Ledger;
  readonly storefront: Storefront;
}

/** Follows the flag: at each change it decides the wall in this browser, then asks the Node service for its own. */
export class Follower {
  readonly #flags: DimmerClient;
  readonly #parts: Parts;
  readonly #lit: Record<Decider, string> = { browser: '', node: '' };
  #decider: Decider = 'browser';
  #turn = 0;

  constructor(flags: DimmerClient, parts: Parts) {
    this.#flags = flags;
    this.#parts = parts;
  }

  async start(): Promise<void> {
    this.#flags.on('change', ({ delayMs }) => void this.#follow(delayMs === null ? null : Date.now()));
    this.#flags.on('status', () => this.#showConnection());
    this.#showConnection();
    await this.#flags.ready();
    await this.#follow(null);
  }

  /** Shows the wall as the other one has decided it. */
  showDecider(decider: Decider): void {
    this.#decider = decider;
    this.#showWall();
  }

  /** What the tooltip says of one customer. */
  describe(customer: number): string {
    const key = CUSTOMERS[customer] ?? '';
    const { variation, reason } = this.#flags.evaluate(FLAG, false, { targetingKey: key });
    return `${key} · ${variation ?? 'classic'} · ${reason}`;
  }

  /** @param arrivedAtMs when the change came, ms since 1970; `null` if it did not come live. */
  async #follow(arrivedAtMs: number | null): Promise<void> {
    const { id } = this.#flags.status();
    const browser = decideWall((customer) => this.#flags.isEnabled(FLAG, { targetingKey: customer }));
    this.#lit.browser = browser;
    this.#parts.room.showLit(countLit(browser), CUSTOMERS.length);
    this.#showWall();
    void this.#parts.storefront.refresh();

    const turn = ++this.#turn;
    let node = await askNode(id);
    // A newer change has come meanwhile, and with it another call of this: that one will speak.
    if (turn !== this.#turn) return;
    this.#compare(id, node);
    this.#tell(id, arrivedAtMs, node?.setting ?? null);
    this.#parts.canvas.dataset.id = id;

    // After an outage this page may be seconds ahead of the service: each comes back when its own die says.
    while (!isOneRevision(node?.id, id)) {
      await pause(ASK_AGAIN_MS);
      if (turn !== this.#turn) return;
      node = await askNode(id);
      if (turn !== this.#turn) return;
      this.#compare(id, node);
    }
  }

  /** Compares the two walls, but only at one id: service and page receive a change in either order. */
  #compare(id: string, node: NodeWall | undefined): void {
    const { wall, room, canvas } = this.#parts;
    this.#lit.node = node?.lit ?? '';
    const known = node !== undefined && isOneRevision(node.id, id);
    const differing = known ? countDifferent(this.#lit.browser, node.lit) : undefined;
    room.showDisagreements(differing);
    wall.showDisagreements(known ? this.#lit.browser : '', known ? node.lit : '');
    canvas.dataset.browser = this.#lit.browser;
    canvas.dataset.node = known ? node.lit : '';
    if (this.#decider === 'node') this.#showWall();
  }

  #tell(id: string, arrivedAtMs: number | null, setting: Setting | null): void {
    const { room, ledger } = this.#parts;
    const lit = countLit(this.#lit.browser);
    const delayMs = delayOf(id, arrivedAtMs, setting);
    room.showSetting(setting, lit, CUSTOMERS.length);
    room.showChange(id, delayMs);
    if (setting) ledger.add(id, lit, setting, delayMs);
  }

  #showWall(): void {
    const lit = this.#lit[this.#decider];
    this.#parts.wall.show(lit);
    this.#parts.canvas.ariaLabel =
      `${countLit(lit)} of ${CUSTOMERS.length} lamps are lit, decided by ` +
      (this.#decider === 'browser' ? 'this browser' : 'the Node service');
  }

  #showConnection(): void {
    const { state } = this.#flags.status();
    this.#parts.room.showConnection(state);
  }
}

/** What the Node service decides, at `id` if it gets there within a second; absent if the shop does not answer. */
async function askNode(id: string): Promise<NodeWall | undefined> {
  const response = await fetch(`/api/wall?id=${encodeURIComponent(id)}`).catch(() => undefined);
  return response?.ok ? ((await response.json()) as NodeWall) : undefined;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/**
 * From the commit to this page, in ms; `null` if that cannot be said. Server and page run on one machine here, so one
 * clock measures both ends. Across machines there is only the SDK's `delayMs`, which is as good as its idea of the
 * server's clock, and that is some milliseconds late.
 */
function delayOf(id: string, arrivedAtMs: number | null, setting: Setting | null): number | null {
  if (arrivedAtMs === null || !setting || String(setting.revision) !== id.split('.')[0]) return null;
  return Math.max(0, arrivedAtMs - setting.at);
}

function countLit(lit: string): number {
  return lit.split('1').length - 1;
}

function countDifferent(one: string, other: string): number {
  return [...one].filter((character, index) => character !== other[index]).length;
}
