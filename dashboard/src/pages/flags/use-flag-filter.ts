import { useCallback, useEffect, useRef, useState } from 'react';
import { useSearchParams } from 'wouter';
import { type FlagFilter, readFilter, writeFilter } from './flag-filter.ts';

/** Browsers let an address be changed so and so often; and nobody wants a history of letters. */
const WRITE_AFTER_MS = 250;

/** What is looked for, kept in the address. What is typed is there at once, and in the address a moment later. */
export function useFlagFilter(): readonly [FlagFilter, (change: Partial<FlagFilter>) => void] {
  const [search, setSearch] = useSearchParams();
  const inAddress = search.toString();
  const [filter, setFilter] = useState(() => readFilter(search));
  const written = useRef(inAddress);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  useEffect(() => () => clearTimeout(timer.current), []);
  useEffect(() => {
    if (inAddress === written.current) return;
    // Somebody has gone back, or followed a link.
    written.current = inAddress;
    setFilter(readFilter(new URLSearchParams(inAddress)));
  }, [inAddress]);

  const current = useRef(filter);
  current.current = filter;
  const change = useCallback(
    (changed: Partial<FlagFilter>): void => {
      const next = { ...current.current, ...changed };
      current.current = next;
      setFilter(next);
      clearTimeout(timer.current);
      const write = (): void => {
        const query = writeFilter(new URLSearchParams(written.current), next);
        written.current = query.toString();
        setSearch(query, { replace: true });
      };
      if ('text' in changed) timer.current = setTimeout(write, WRITE_AFTER_MS);
      else write();
    },
    [setSearch],
  );
  return [filter, change];
}
