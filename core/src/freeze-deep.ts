/**
 * Deep freeze of a value that came from JSON. Without recursion: a payload may be nested deeper than
 * a stack is high.
 */
export function freezeDeep(value: unknown): void {
  const waiting = [value];
  while (waiting.length > 0) {
    const one = waiting.pop();
    if (typeof one !== 'object' || one === null || Object.isFrozen(one)) continue;
    Object.freeze(one);
    for (const member of Object.values(one)) waiting.push(member);
  }
}
