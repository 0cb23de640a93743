/**
 * Whether two values that JSON has carried are the same, keys in the same order. As good as comparing their texts, and
 * several times as fast, which counts where thousands of flags arrive again.
 */
export function isSameJson(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  if (Array.isArray(one) || Array.isArray(other)) {
    if (!Array.isArray(one) || !Array.isArray(other) || one.length !== other.length) return false;
    for (let i = 0; i < one.length; i++) if (!isSameJson(one[i], other[i])) return false;
    return true;
  }
  const keys = Object.keys(one);
  const others = Object.keys(other);
  if (keys.length !== others.length) return false;
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as keyof object;
    if (key !== others[i] || !isSameJson(one[key], other[key])) return false;
  }
  return true;
}
