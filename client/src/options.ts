/** What a caller may say to `createClient`, and what is made of it when it is nonsense: a default and one warning. */
import type { Snapshot } from '@dimmer/core';
import type { Log } from './platform.ts';

/** Options that both SDKs have. */
export interface ClientOptions {
  /** Address of the Dimmer server, with or without a path: `https://flags.example.com`. */
  readonly url: string;
  /** The key of one environment: `sdk_…` for servers (secret), `web_…` for browsers (public). */
  readonly key: string;
  /** Name of the application, shown to whoever asks which instances are connected. At most 100 characters. */
  readonly application?: string | undefined;
  /** Name of this instance, unique among those connected. Default: the SDK's name and a random suffix. */
  readonly instance?: string | undefined;
  /** Rules to decide by until better ones are known: a snapshot as `GET /sdk/v1/ruleset` answers it, or its text. */
  readonly bootstrap?: Snapshot | string | undefined;
  /** How long `ready()` waits, ms. Default 5,000. */
  readonly initTimeoutMs?: number | undefined;
  /** How often the rules are fetched while no stream works, ms. Default and least: 30,000. */
  readonly pollIntervalMs?: number | undefined;
  /** `evaluate()` says `STALE` when the server has not been heard of for so long, ms. Default: never. */
  readonly maxStaleMs?: number | undefined;
  /** Whether evaluations are counted and reported, and receipts sent. Default true. */
  readonly reporting?: boolean | undefined;
  /** Where warnings go. Default: the console. `false`: nowhere. */
  readonly logger?: Logger | false | undefined;
}

/** The part of `console` that is used. */
export interface Logger {
  readonly warn: (message: string) => void;
  readonly error: (message: string) => void;
}

/** For each option the kinds of value it takes, by `typeof`. Numbers are finite and not negative. */
const KINDS: { readonly [option: string]: string } = {
  url: 'string',
  key: 'string',
  application: 'string',
  instance: 'string',
  bootstrap: 'object string',
  initTimeoutMs: 'number',
  pollIntervalMs: 'number',
  maxStaleMs: 'number',
  reporting: 'boolean',
  logger: 'object boolean',
  cache: 'boolean string',
};

/** The options that can be used, each of its kind; of anything else the log is told. */
export function readOptions<Options extends ClientOptions>(given: Options, log: Log): Partial<Options> {
  const options: { [option: string]: unknown } = {};
  for (const [name, value] of Object.entries(given ?? {})) {
    const kinds = Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
    if (!kinds) log('OPTION_UNKNOWN', name);
    else if (value === undefined) continue;
    else if (value === null || !kinds.includes(typeof value) || (kinds === 'number' && !((value as number) >= 0)))
      log('OPTION_INVALID', `${name}: ${kinds}`);
    else options[name] = value;
  }
  return options as Partial<Options>;
}
