import type * as Contract from '@dimmer/contract';
import { queryOptions } from '@tanstack/react-query';
import type { Older } from './older-server.ts';
import { queryKeys } from './query-keys.ts';
import { path, request } from './request.ts';

/** How far a change has come in one environment. */
export type Propagation = Older<
  Omit<Contract.Propagation, 'browsers' | 'delayMs' | 'stragglers'>,
  'lost' | 'ageMs' | 'evaluatingOlder'
> & {
  readonly browsers: Older<Contract.Propagation['browsers'], 'unprovenRelays'>;
  readonly delayMs: Older<NonNullable<Contract.Propagation['delayMs']>, 'count'> | null;
  /** Who has not applied it. */
  readonly stragglers: readonly Older<Contract.Propagation['stragglers'][number], 'via' | 'failure'>[];
};

const WATCHING_MS = 150;
const RESTING_MS = 5_000;
/** An instance that is missing after half a minute will be missing for longer. */
const PATIENT_AFTER = 200;
const PATIENT_MS = 1_000;

/**
 * Whether a change has reached everybody; asked again and again until it has.
 *
 * @param revision of a change; without it, the last one of the environment
 */
export function propagationQuery(project: string, environment: string, revision?: number) {
  const query = revision === undefined ? '' : `?revision=${revision}`;
  return queryOptions({
    queryKey: queryKeys.propagation(project, environment, revision),
    queryFn: ({ signal }) =>
      request<Propagation>(path`/api/v1/projects/${project}/environments/${environment}/propagation` + query, {
        signal,
      }),
    refetchInterval: ({ state }) => {
      if (state.data?.complete) return RESTING_MS;
      return state.dataUpdateCount > PATIENT_AFTER || state.error ? PATIENT_MS : WATCHING_MS;
    },
  });
}
