/** What a host's way of sending can take, and its server. */
export interface ReportingLimits {
  /** Share of the clients that send receipts. */
  readonly receiptShare: number;
  /** A receipt is sent at a random instant in at most this time after a change, so that a fleet does not answer at once. */
  readonly receiptSpreadMs: number;
  /** Counts in one batch. The server takes 1,000; from a browser 128 KiB, and a browser sends 64 KiB when its page closes. */
  readonly maxCounts: number;
  /** Characters of launches in one batch, beside counts. The server takes 1 MiB of bytes; from a browser 128 KiB. */
  readonly maxLaunchLength: number;
  /** How many summaries of former ids may wait for the server to come back. More are dropped, the newest first. */
  readonly maxPending: number;
  /** Makes two batches of one that was too large (413). Absent, or where it makes none: such a batch is dropped. */
  readonly halve?: ((batch: string) => readonly string[]) | undefined;
}
