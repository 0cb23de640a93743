/** Which way bytes go: `up` to the server, `down` to the client. */
export type Direction = 'up' | 'down';

/**
 * What a network, or somebody in it, can do to a connection. Offsets count the bytes that go down it, from 0, since it
 * began or the fault did, whichever was later.
 */
export type Fault =
  | { readonly kind: 'pass' }
  /** Both ways, each piece is late by `ms` and up to `jitterMs` more; the order stays. */
  | { readonly kind: 'latency'; readonly ms: number; readonly jitterMs?: number }
  /** Down, no faster than this. */
  | { readonly kind: 'rate'; readonly bytesPerS: number }
  /** The connection ends when so many bytes have gone down: in order (`fin`), or without a word of farewell (`rst`). */
  | { readonly kind: 'cut'; readonly afterBytes: number; readonly by: 'fin' | 'rst' }
  /** Nothing goes through, and nobody is told. What has come waits, and goes on when the fault ends. */
  | { readonly kind: 'blackhole'; readonly direction: Direction | 'both' }
  /** The same bytes down in other pieces: of so many bytes, or of 1 to 64 at random. */
  | { readonly kind: 'rechunk'; readonly bytes: number | 'random' }
  /** One byte on its way down is another than was sent. */
  | { readonly kind: 'corrupt'; readonly atByte: number }
  /** Somebody in the middle answers the next `times` requests himself (default: all). */
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
      readonly times?: number;
    }
  /** Connections are taken and closed at once. */
  | { readonly kind: 'refuse' }
  /** Of a stream of events, others come down than were sent. Takes hold of streams that begin while it lasts. */
  | { readonly kind: 'events'; readonly rewrite: EventRewrite };

/** Given the text of each event in its turn, answers the texts that go down in its place. */
export type EventRewrite = (event: string) => readonly string[];
