/**
 * Where events come from: today a connection of this client's own; the seam also fits a stream that another tab holds
 * and passes on.
 */
export interface StreamSource {
  /**
   * Opens one stream and does not reconnect it: whether and when to try again is the decision of `stream.ts` alone.
   * Nothing reaches the sink after `failed`, or after the returned function has closed the stream.
   *
   * @param id what the replica holds; empty asks for a snapshot
   */
  readonly open: (id: string, sink: StreamSink) => () => void;
}

export interface StreamSink {
  /** Something arrived that is not yet an event: the stream lives. */
  readonly alive: () => void;
  /** `payload` is what `data` says, if the source has parsed it already. */
  readonly event: (type: string, data: string, payload?: unknown) => void;
  /** The stream is over. Called at most once. */
  readonly failed: (failure: StreamFailure) => void;
}

export interface StreamFailure {
  /** HTTP status; absent or 0 if there was none to see. */
  readonly status?: number;
  /** What `Retry-After` asks. */
  readonly retryAfterMs?: number;
  /** For `status().lastError`; never holds a key or a URL with a query. */
  readonly message: string;
  /** True for what will not mend by trying soon, whatever the status says: a certificate that is refused. */
  readonly refused?: boolean;
  /** True if something came that this client can never take, as it is: too large, or nested too deep. */
  readonly unusable?: boolean;
}
