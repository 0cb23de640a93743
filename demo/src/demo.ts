import { createClient, type DimmerClient } from '@dimmer/node';
import { BackOffice } from './back-office.ts';
import { DimmerServer } from './dimmer-server.ts';
import { listenToKeys } from './keyboard.ts';
import { Operator } from './operator.ts';
import type { Options } from './options.ts';
import { buildPage } from './page-files.ts';
import { createShop, type Listening, listen } from './shop.ts';
import { tell, welcome } from './terminal.ts';

/** A Dimmer server, a shop that uses it, and somebody at the dimmer. */
export class Demo {
  readonly #options: Options;
  #server: DimmerServer | undefined;
  #flags: DimmerClient | undefined;
  #shop: Listening | undefined;
  #operator: Operator | undefined;
  #stopListening: (() => void) | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Starts all of it and says where to look. What has been started when a later part fails is left to `close`. */
  async open(): Promise<void> {
    const { ramp, holdMs, port, serverBuild } = this.#options;
    const server = await DimmerServer.open(serverBuild);
    this.#server = server;
    const office = await BackOffice.open(server.url, server.adminToken);
    await office.createFlag();

    const key = await office.createKey('server');
    const flags = createClient({ url: server.url, key, application: 'shop', cache: false });
    this.#flags = flags;
    await flags.ready();

    const operator = new Operator({ office, server, holdMs, tell });
    this.#operator = operator;
    const page = await buildPage(server.url, await office.createKey('browser'));
    const onVisit = ramp === 'page' ? () => operator.rampOnce() : () => undefined;
    const setShare = (percent: number) => operator.setTo(percent);
    const shop = createShop({ flags, office, page, dimmerUrl: server.url, onVisit, setShare });
    this.#shop = await listen(shop, port);

    tell(welcome({ shopUrl: this.#shop.url, dashboardLink: await server.dashboardLink(), office, ramp }));
    this.#stopListening = listenToKeys(process.stdin, operator.keys);
    if (ramp === 'now') operator.rampOnce();
  }

  /** Ends what has been started, and throws the database away. Asked again, it is the same ending. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#stopListening?.();
    this.#operator?.halt();
    await this.#flags?.close();
    await this.#shop?.close();
    await this.#server?.close();
  }
}
