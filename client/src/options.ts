/** What a caller may say to `createClient`, and what is made of it when it is nonsense: a default and one warning. */
import type { Snapshot } from '@dimmer/core';
import type { Log } from './platform.ts';

/** Options that both SDKs have. */
export interface ClientOptions {
  /** Address of the Dimmer server, with or without a path: `https://flags.example.com`. */
  readonly url: string;
  /** The key of one environment: `sdk_…` for servers (secret), `web_…` for browsers (public). */
  readonly key: string;
  /** Name of the application, shown in the list of connected instances. At most 100 characters. */
  readonly application?: string | undefined;
  /**
   * Version of the application, so that reports on launches can be had by version: `1.4.2`, a commit. At most 100
   * characters together with the name. Default: none; nobody guesses it.
   */
  readonly version?: string | undefined;
  /** Name of this instance, unique among those connected. Default: the SDK's name and a random suffix. */
  readonly instance?: string | undefined;
  /** Rules to decide by until better ones are known: a snapshot as `GET /sdk/v1/ruleset` answers it, or its text. */
  readonly bootstrap?: Snapshot | string | undefined;
  /** How long `ready()` waits, ms. Default 5,000. */
  readonly initTimeoutMs?: number | undefined;
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

/** The defaults of the options that have one of a single kind; an option must be of its default's kind. */
export const DEFAULTS = {
  url: '',
  key: '',
  application: '',
  instance: '',
  version: '',
  initTimeoutMs: 5_000,
  maxStaleMs: 1 / 0,
  reporting: true,
  // These come in several kinds, and are looked at where they are used.
  bootstrap: undefined as Snapshot | string | undefined,
  logger: undefined as Logger | false | undefined,
};

/** Every option, with the default where the caller gave none, or nonsense; of nonsense the log is told. */
export function readOptions<Defaults extends object>(defaults: Defaults, given: unknown, log: Log): Defaults {
  const options = { ...defaults };
  for (const [name, value] of Object.entries(given ?? {})) {
    const fallback = defaults[name as keyof Defaults];
    if (!Object.hasOwn(defaults, name)) log('OPTION_UNKNOWN', name);
    else if (value === undefined) continue;
    else if (fallback === undefined || (typeof value === typeof fallback && (typeof value !== 'number' || value >= 0)))
      options[name as keyof Defaults] = value;
    else log('OPTION_INVALID', `${name}: takes a ${typeof fallback}`);
  }
  return options;
}
