/**
 * Bytes of the JSON of a value. Whatever order its keys are in, they take the same room, so what is only weighed need not
 * be canonical.
 *
 * @param value what JSON can say; not `undefined`
 */
export function jsonBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
