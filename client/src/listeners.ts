/** Who wants to know. A listener that throws, or whose promise rejects, stops neither the others nor the stream. */
import type { Log } from './platform.ts';

type Listener<Event> = (event: Event) => unknown;

/** Nothing, where there is nothing to tell but that it happened. */
type Told<Event> = Event extends undefined ? [] : [event: Event];

export interface Listeners<Events extends object> {
  /** Adds a listener; the answer removes it. The same function may be added twice. */
  readonly add: <Name extends keyof Events>(name: Name, listener: Listener<Events[Name]>) => () => void;
  readonly emit: <Name extends keyof Events>(name: Name, ...event: Told<Events[Name]>) => void;
}

export function createListeners<Events extends object>(log: Log): Listeners<Events> {
  const entries = new Set<readonly [keyof Events, Listener<never>]>();

  async function call<Event>(listener: Listener<Event>, event: Event): Promise<void> {
    try {
      await listener(event);
    } catch (error) {
      log('LISTENER_FAILED', String(error));
    }
  }

  return {
    add(name, listener) {
      const entry = [name, listener] as const;
      entries.add(entry);
      return () => entries.delete(entry);
    },
    emit(name: keyof Events, event?: unknown) {
      for (const [wanted, listener] of [...entries]) if (wanted === name) void call(listener, event as never);
    },
  };
}
