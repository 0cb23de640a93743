import { jsonBytes } from '../json-bytes.ts';

const known = new WeakMap<object, number>();

/** Bytes of the JSON of a body. Bodies are never edited, so each is measured once. */
export function bodyBytes(body: object): number {
  const measured = known.get(body);
  if (measured !== undefined) return measured;
  const bytes = jsonBytes(body);
  known.set(body, bytes);
  return bytes;
}
