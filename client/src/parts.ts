/**
 * Parts: what a host adds to its client beyond the ports. Each has a file and a type of its own and is made where it is
 * handed in, so that what a host does not use is not in its bundle. Why: decision 0191.
 */
import type { ErrorMessages, Speed } from '@dimmer/core';
import type { CreateFallback } from './fallback.ts';
import type { CreateLaunching } from './launch/launching.ts';
import type { Lifecycle } from './lifecycle.ts';

export interface ClientParts {
  /** Makes what gets the rules while no stream works. Absent: nothing does. */
  readonly fallback?: CreateFallback | undefined;
  /** Makes what runs old and new code side by side. Absent: the client cannot. */
  readonly launching?: CreateLaunching | undefined;
  /** Decides when the stream is open, on a host that comes and goes. Absent: always. */
  readonly lifecycle?: Lifecycle | undefined;
  /** The words for `errorMessage`. Absent: there are none, only the code. */
  readonly messages?: ErrorMessages | undefined;
  /** What only makes deciding faster. */
  readonly speed?: Speed | undefined;
}
