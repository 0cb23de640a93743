import { useSearchParams } from 'wouter';
import type { Watched } from './watched-act.tsx';

const ACTS = ['killed', 'restored', 'reverted'] as const;

/** The environment that is looked at, and the act that is being watched: both stand in the address. */
export function useWatched() {
  const [search, setSearch] = useSearchParams();
  const act = ACTS.find((each) => search.has(each));
  const revision = Number(search.get('revision'));
  const environment = search.get('environment');
  const watched: Watched | null =
    act && Number.isSafeInteger(revision) && revision > 0 && environment !== null
      ? { act, flag: search.get(act) ?? '', environment, revision }
      : null;
  const look = (at: string): void => setSearch({ environment: at }, { replace: true });
  const watch = ({ act: done, flag, environment: at, revision: made }: Watched): void =>
    setSearch({ environment: at, [done]: flag, revision: String(made) }, { replace: true });
  return { environment, watched, look, watch };
}
