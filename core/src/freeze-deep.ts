/**
 * Deep freeze of a value that came from JSON. Without recursion: a payload may be nested deeper than
 * a stack is high.
 */
export function freezeDeep(value: unknown): void {
  const waiting = [value];
  while (waiting.length > 0) {
    const one = waiting.pop();
    if (typeof one !== 'object' || one === null || Object.isFrozen(one)) continue;
    // Texts and numbers do not wait: of a large value they are nearly all. Lists, which may be as many, are not copied.
    for (const member of Array.isArray(one) ? one : Object.values(one))
      if (typeof member === 'object') waiting.push(member);
    Object.freeze(one);
  }
}
