import type { WhyUnreadable } from '../../domain/evidence.ts';
import type { Answer, ApiClient } from './api-client.ts';
import type { PageReader } from './list-page.ts';
import { metadataListKind } from './metadata-only.ts';

export interface ListQuestion<Item> {
  /** Of the collection, without a query: "/api/v1/pods". */
  readonly path: string;
  readonly accept: string;
  readonly isMetadataOnly: boolean;
  readonly objectsPerPage: number;
  readonly readPage: PageReader<Item>;
  /** Items of a page that was read to its end. */
  readonly onItems: (items: readonly Item[]) => void;
  /** The list begins again from its first page. */
  readonly restart: () => void;
}

export type ListReading =
  | { readonly state: 'whole' }
  /** Not the whole list. Objects that were read count; none may have been. */
  | {
      readonly state: 'broken-off';
      readonly status: number | undefined;
      readonly because: WhyUnreadable;
      readonly detail: string;
      readonly hasBegun: boolean;
    };

/** How much smaller the pages become after one that was too large. */
const shrink = 10;

/**
 * Reads a list page by page. `resourceVersion` stays unset: the answer is as new as it can be, and each further page
 * belongs to the same moment as the first.
 */
export async function readList<Item>(client: ApiClient, list: ListQuestion<Item>, signal: AbortSignal): Promise<ListReading> {
  let limit = list.objectsPerPage;
  let next = '';
  let hasRestarted = false;
  for (;;) {
    const query = next === '' ? `limit=${limit}` : `limit=${limit}&continue=${encodeURIComponent(next)}`;
    const answer = await client.ask({ path: `${list.path}?${query}`, as: list.readPage, accept: list.accept }, signal);
    const hasBegun = next !== '';
    if (answer.state === 'too-large' && limit > 1) {
      limit = Math.ceil(limit / shrink);
      continue;
    }
    if (answer.state === 'refused' && answer.status === 410 && !hasRestarted && hasBegun) {
      // The moment that the pages belong to is forgotten. Half of an old list and half of a new one is no list.
      hasRestarted = true;
      next = '';
      list.restart();
      continue;
    }
    if (answer.state !== 'json') return brokenOff(answer, hasBegun);
    const { items, kind } = answer.value;
    if (items === undefined) return malformed('the answer is no list', hasBegun);
    if (list.isMetadataOnly && kind !== metadataListKind) {
      return malformed('the server sent whole objects although only metadata was asked for; nothing of them was kept', hasBegun);
    }
    list.onItems(items);
    if (answer.value.next === '') return { state: 'whole' };
    if (answer.value.next === next && items.length === 0) return malformed('the server keeps sending the same empty page', hasBegun);
    next = answer.value.next;
  }
}

function malformed(detail: string, hasBegun: boolean): ListReading {
  return { state: 'broken-off', status: undefined, because: 'malformed', detail, hasBegun };
}

function brokenOff(answer: Exclude<Answer, { readonly state: 'json' }>, hasBegun: boolean): ListReading {
  switch (answer.state) {
    case 'refused':
      return { state: 'broken-off', status: answer.status, because: becauseOf(answer.status), detail: answer.message, hasBegun };
    case 'no-answer':
      return { state: 'broken-off', status: undefined, because: answer.because, detail: answer.detail, hasBegun };
    case 'too-large':
      return malformed(`${answer.detail}, even for a single object`, hasBegun);
    case 'text':
      return malformed('the answer is no JSON', hasBegun);
  }
}

/** What a refusal means for the reader of the evidence. */
export function becauseOf(status: number): WhyUnreadable {
  if (status === 401 || status === 403) return 'forbidden';
  // 406: the server cannot send the form that was asked for, so this kind cannot be read from it safely.
  if (status === 404 || status === 405 || status === 406) return 'unsupported';
  // 410 after a second start: the list changes faster than it can be read.
  if (status === 410 || status === 408 || status === 504) return 'timed-out';
  return status >= 500 || status === 429 ? 'unreachable' : 'malformed';
}
