/** What can become of events that are on their way. Each call makes one for one stream. */
import type { EventRewrite } from './fault.ts';

/** The name of an event, from its text. */
function nameOf(event: string): string {
  return /^event: (.*)$/m.exec(event)?.[1] ?? '';
}

/** Every event of these names comes twice. */
export function duplicate(...names: readonly string[]): EventRewrite {
  return (event) => (names.includes(nameOf(event)) ? [event, event] : [event]);
}

/** Every two successive events of a name change places. An odd one waits for the next. */
export function swap(name: string): EventRewrite {
  let held: string | undefined;
  return (event) => {
    if (nameOf(event) !== name) return [event];
    const first = held;
    held = first === undefined ? event : undefined;
    return first === undefined ? [] : [event, first];
  };
}

/** The event of this name whose turn it is, counted from 0, never arrives. */
export function drop(name: string, turn: number): EventRewrite {
  let seen = 0;
  return (event) => (nameOf(event) === name && seen++ === turn ? [] : [event]);
}
