import { HASH_VERSION, SCHEMA_VERSION } from '@dimmer/core';
import type { Encoded } from './encode-flag.ts';

/** Keyed pieces of a payload, each as JSON text; `null` = gone. */
export type Pieces = ReadonlyMap<string, string | null>;

/** What a payload says before its pieces: `from` in patches only. */
interface Stamp {
  readonly from?: string;
  readonly id: string;
  /** Ms since 1970. */
  readonly at: number;
}

/** The JSON text of a `Snapshot`, or of a `Patch` if the stamp says `from`. */
export function payloadText({ at, ...ids }: Stamp, flags: Pieces, segments: Pieces): string {
  const head = JSON.stringify({ schema: SCHEMA_VERSION, hash: HASH_VERSION, ...ids, at });
  return `${head.slice(0, -1)},"flags":${objectText(flags)},"segments":${objectText(segments)}}`;
}

export function piecesOf(encoded: ReadonlyMap<string, Encoded>): Pieces {
  return new Map([...encoded].map(([key, { json }]) => [key, json]));
}

/** A JSON object, keys in code-unit order. Written as text: a plain object could not hold a key `__proto__`. */
function objectText(pieces: Pieces): string {
  const keys = [...pieces.keys()].sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${pieces.get(key)}`).join(',')}}`;
}
