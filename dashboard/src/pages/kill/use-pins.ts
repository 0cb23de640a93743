import { useState } from 'react';

/** The flags that this browser keeps within reach, one set a project. Storage may be forbidden; then they are kept
 * while the page is open. */
export function usePins(project: string): readonly [ReadonlySet<string>, (flag: string) => void] {
  const [pins, setPins] = useState(() => storedPins(project));
  const toggle = (flag: string): void => {
    const next = new Set(pins);
    if (!next.delete(flag)) next.add(flag);
    setPins(next);
    try {
      localStorage.setItem(nameOf(project), JSON.stringify([...next]));
    } catch {
      // They are kept while the page is open.
    }
  };
  return [pins, toggle];
}

function storedPins(project: string): ReadonlySet<string> {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(nameOf(project)) ?? '[]');
    return new Set(Array.isArray(stored) ? stored.filter((flag) => typeof flag === 'string') : []);
  } catch {
    return new Set();
  }
}

function nameOf(project: string): string {
  return `dimmer.pins.${project}`;
}
