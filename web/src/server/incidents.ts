import { useMutation, type UseMutationResult, useQuery, useQueryClient, type UseQueryResult } from '@tanstack/react-query';
import type { IncidentListItem, IncidentView, SimilarItem, TimelineEntry } from '../../../src/surfaces/http/contract.ts';
import { change, read } from './request.ts';

export type Which = 'open' | 'all';

/** A list that nobody pushes news of is looked at again this often. */
const listEveryMilliseconds = 10_000;

export function useIncidents(which: Which): UseQueryResult<readonly IncidentListItem[]> {
  return useQuery({
    queryKey: ['incidents', which],
    queryFn: async ({ signal }) =>
      (await read<{ readonly incidents: readonly IncidentListItem[] }>(`/incidents?which=${which}&limit=100`, signal)).incidents,
    refetchInterval: listEveryMilliseconds,
  });
}

export function viewKey(incident: string): readonly string[] {
  return ['incident', incident, 'view'];
}

function pathOf(incident: string): string {
  return `/incidents/${encodeURIComponent(incident)}`;
}

/** Read again when the stream says so; see follow-incident.ts. */
export function useIncidentView(incident: string): UseQueryResult<IncidentView> {
  return useQuery({
    queryKey: viewKey(incident),
    queryFn: ({ signal }) => read<IncidentView>(pathOf(incident), signal),
  });
}

export function useSimilar(incident: string): UseQueryResult<readonly SimilarItem[]> {
  return useQuery({
    queryKey: ['incident', incident, 'similar'],
    queryFn: async ({ signal }) =>
      (await read<{ readonly incidents: readonly SimilarItem[] }>(`${pathOf(incident)}/similar`, signal)).incidents,
    staleTime: 60_000,
  });
}

export interface TimelinePart {
  readonly entries: readonly TimelineEntry[];
  readonly length: number;
}

export async function readTimeline(incident: string, wish: { readonly from: number; readonly limit: number }): Promise<TimelinePart> {
  return read<TimelinePart>(`${pathOf(incident)}/timeline?from=${wish.from}&limit=${wish.limit}`);
}

export function streamAddress(incident: string, from: number): string {
  return `/api/v1${pathOf(incident)}/stream?from=${from}`;
}

/** What a human may ask for. */
export type Wish =
  | { readonly to: 'answer'; readonly attempt: number; readonly plan: string; readonly answer: 'yes' | 'no'; readonly because?: string }
  | { readonly to: 'undo'; readonly attempt?: number }
  | { readonly to: 'restore' | 'abort' | 'acknowledge' }
  | { readonly to: 'notes'; readonly text: string };

export function useWish(incident: string): UseMutationResult<unknown, Error, Wish> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ to, ...body }: Wish) => change(`${pathOf(incident)}/${to}`, { body }),
    onSettled: () => client.invalidateQueries({ queryKey: viewKey(incident) }),
  });
}

export function useOpenIncident(): UseMutationResult<{ readonly incident?: string }, Error, string> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (page: string) => change<{ readonly incident?: string }>('/incidents', { body: { page } }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['incidents'] }),
  });
}
