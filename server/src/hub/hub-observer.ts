import type { Audience } from '@dimmer/core';
import type { CloseReason } from './sse-stream.ts';

/** What the hub tells about itself while it works. The metrics are one; the hub knows nothing of them. */
export interface HubObserver {
  /** A snapshot or patch was turned into bytes. Happens once for a change and audience, however many streams there are. */
  encoded(audience: Audience, kind: 'snapshot' | 'patch'): void;
  /** A change has been handed to every stream of one channel. */
  fannedOut(audience: Audience, streams: number, tookMs: number): void;
  opened(audience: Audience): void;
  closed(audience: Audience, reason: CloseReason): void;
}

export const NO_OBSERVER: HubObserver = { encoded() {}, fannedOut() {}, opened() {}, closed() {} };
