/**
 * JSON with the keys of every object in code-unit order: equal content gives equal bytes, on every node and for ever,
 * so it can be hashed. Only own enumerable properties; `undefined` is left out as `JSON.stringify` does.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) {
    // Long lists are of keys, and one call takes half the time.
    if (value.every((each) => typeof each === 'string')) return JSON.stringify(value);
    let text = '[';
    for (let index = 0; index < value.length; index++) text += (index ? ',' : '') + canonicalJson(value[index]);
    return `${text}]`;
  }
  let text = '{';
  for (const key of Object.keys(value).sort()) {
    const member = (value as Record<string, unknown>)[key];
    if (member === undefined) continue;
    text += `${text.length > 1 ? ',' : ''}${JSON.stringify(key)}:${canonicalJson(member)}`;
  }
  return `${text}}`;
}

const known = new WeakMap<object, number>();

/**
 * Bytes of the JSON of a body. Bodies are never edited, so each is measured once; and in whatever order its keys are, it
 * takes the same room, so that it need not be canonical.
 */
export function bodyBytes(body: object): number {
  const measured = known.get(body);
  if (measured !== undefined) return measured;
  const bytes = Buffer.byteLength(JSON.stringify(body));
  known.set(body, bytes);
  return bytes;
}
