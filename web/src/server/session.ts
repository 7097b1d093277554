import {
  MutationCache,
  QueryCache,
  QueryClient,
  useMutation,
  type UseMutationResult,
  useQuery,
  useQueryClient,
  type UseQueryResult,
} from '@tanstack/react-query';
import type { Session } from '../../../src/surfaces/http/contract.ts';
import { change, noteCsrf, read, ServerFailure } from './request.ts';

const sessionKey = ['session'];

export function useSession(): UseQueryResult<Session> {
  return useQuery({ queryKey: sessionKey, queryFn: readSession, staleTime: 5 * 60_000 });
}

async function readSession(): Promise<Session> {
  const session = await read<Session>('/session');
  noteCsrf(session.csrf);
  return session;
}

export function useSignIn(): UseMutationResult<unknown, Error, string> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (token: string) => change('/session', { body: { token } }),
    onSuccess: () => client.invalidateQueries({ queryKey: sessionKey }),
  });
}

export function useSignOut(): UseMutationResult<unknown, Error, void> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => change('/session', { method: 'DELETE' }),
    onSettled: () => {
      noteCsrf(undefined);
      client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== sessionKey[0] });
      return client.invalidateQueries({ queryKey: sessionKey });
    },
  });
}

/** True: it may go better at the next try. */
function isPassing(failure: Error): boolean {
  return failure instanceof ServerFailure && [0, 429, 502, 503, 504].includes(failure.status);
}

/** One client for the whole page. Whoever is no longer signed in is asked to sign in, wherever that is noticed. */
export function newQueryClient(): QueryClient {
  const onError = (failure: Error): void => {
    if (failure instanceof ServerFailure && failure.status === 401) void client.invalidateQueries({ queryKey: sessionKey });
  };
  const client = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        networkMode: 'always',
        refetchOnWindowFocus: 'always',
        retry: (count, failure) => count < 2 && isPassing(failure),
      },
      mutations: { networkMode: 'always', retry: false },
    },
  });
  return client;
}
