import { QueryClient } from '@tanstack/react-query';
import { ServerError } from './request.ts';

const RETRIES = 3;

/**
 * What has been read, kept while it is true: every change that is made anywhere arrives by the stream and refreshes
 * what it touches (`live.ts`), so nothing grows stale by time.
 */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: Number.POSITIVE_INFINITY,
      // A refusal stays one; what could not be asked is asked again.
      retry: (failures, error) => failures < RETRIES && (!(error instanceof ServerError) || isPassing(error)),
      refetchOnWindowFocus: false,
    },
    mutations: { retry: false },
  },
});

function isPassing({ status }: ServerError): boolean {
  return status === 0 || status === 429 || status >= 500;
}
