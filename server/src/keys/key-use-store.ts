/** When a key was last used, ms since 1970. */
export interface KeyUse {
  readonly selector: string;
  readonly atMs: number;
}

/** Keeps when keys were last used. Beside the log: a use is no change, and there are thousands a second. */
export interface KeyUseStore {
  put(uses: readonly KeyUse[]): Promise<void>;
  /** Those of these keys that were ever used. */
  read(selectors: readonly string[]): Promise<readonly KeyUse[]>;
}
