import type { Replica } from './replica.ts';
import type { Reporter } from './reporter.ts';
import type { Stream } from './stream.ts';

interface LifecycleDeps {
  readonly stream: Pick<Stream, 'connect' | 'rest'>;
  readonly replica: Pick<Replica, 'replace'>;
  /** Absent where nothing is counted. */
  readonly reporter: Pick<Reporter, 'flushNow'> | undefined;
}

/** Connects the stream and lets it rest by what becomes of the host; the answer ends that. */
export type Lifecycle = (deps: LifecycleDeps) => () => void;
