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
