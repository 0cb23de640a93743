import { useEffect, useRef } from 'react';

/** Unsaved input that leaving the page would lose, or leave behind. */
export interface Unsaved {
  /** E.g. `production`, `the segment testers`, `“Create a flag”`. */
  readonly what: string;
  /** It is there again when one comes back, in the same window. */
  readonly isKept: boolean;
  readonly discard: () => void;
}

type Source = () => readonly Unsaved[];

const sources = new Set<Source>();

/** All unsaved input of what is open now. */
export function allUnsaved(): readonly Unsaved[] {
  return [...sources].flatMap((source) => source());
}

/** Tells the guard (`shell/leave-guard.tsx`) what is unsaved here, whenever somebody is about to leave. */
export function useUnsaved(source: Source): void {
  const latest = useRef(source);
  latest.current = source;
  useEffect(() => {
    const ask: Source = () => latest.current();
    sources.add(ask);
    return () => void sources.delete(ask);
  }, []);
}

/** The same for a form whose content goes with it. */
export function useUnsavedForm(what: string, isUnsaved: boolean): void {
  useUnsaved(() => (isUnsaved ? [{ what, isKept: false, discard: () => {} }] : []));
}
