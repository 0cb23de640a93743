/** A key that opened streams, as far as the hub cares. */
export interface StreamKey {
  /** Names the key, without its secret. */
  readonly id: string;
  /** Whether the key would still be let in now: neither revoked nor expired. Called about once a second for each key. */
  readonly isValid: () => boolean;
}

/** Revocation: which streams each key has opened, so that they end when the key does. */
export class KeyWatch<Stream> {
  readonly #keys = new Map<string, { readonly key: StreamKey; readonly streams: Set<Stream> }>();

  add(key: StreamKey, stream: Stream): void {
    const entry = this.#keys.get(key.id);
    if (entry === undefined) this.#keys.set(key.id, { key, streams: new Set([stream]) });
    else entry.streams.add(stream);
  }

  remove(key: StreamKey, stream: Stream): void {
    const entry = this.#keys.get(key.id);
    entry?.streams.delete(stream);
    if (entry?.streams.size === 0) this.#keys.delete(key.id);
  }

  /** The streams of all keys that are no longer valid. */
  orphans(): Stream[] {
    return [...this.#keys.values()].filter(({ key }) => !key.isValid()).flatMap(({ streams }) => [...streams]);
  }
}
