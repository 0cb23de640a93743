import type { Person, Plans } from './workload.ts';

/** One question, asked for the person at this place of the ring. Libraries that only answer later give a promise. */
export type Question<T> = (index: number) => T | Promise<T>;

/** A library that holds a ruleset and answers. */
export interface Loaded {
  enabled(flag: string): Question<boolean>;
  text(flag: string): Question<unknown>;
  json(flag: string): Question<unknown>;
  /** How many of all flags are true. Uses the library's own call for all flags where that is the faster way. */
  all(keys: readonly string[]): Question<number>;
  close(): void | Promise<void>;
}

/** What a library is given. */
export interface Source {
  /** The ruleset in the library's own format. */
  readonly text: string;
  /** A file that holds the same text. */
  readonly path: string;
  /** Made into the library's own user objects once, when it loads. */
  readonly people: readonly Person[];
  /** Where it may send its events: a loopback address that swallows them. */
  readonly sinkUrl: string;
}

export interface Library {
  /** The ruleset in its own format, or null if it cannot express one of the plans. */
  text(plans: Plans): string | null;
  load(source: Source): Loaded | Promise<Loaded>;
}

export interface Participant {
  readonly name: string;
  /** The npm package whose version is printed; absent for what belongs to this repository or to the language. */
  readonly npmPackage?: string;
  /** Ratios are taken to the fastest peer; ours and the floor are shown beside. */
  readonly role: 'ours' | 'peer' | 'floor';
  /** False if it was made faster than its makers ship it, for instance by leaving out its events. */
  readonly asShipped: boolean;
  /** How it was set up, in a few words for the reader of the table. */
  readonly setUp: string;
  /** Imported only in the process that runs it, so that it has the process to itself. */
  library(): Promise<Library>;
}
