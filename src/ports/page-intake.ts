import type { AcceptedPage } from '../domain/accepted-page.ts';
import type { Instant } from '../domain/instant.ts';
import type { JobRequest } from './job-queue.ts';
import type { StoreFailure } from './store-failure.ts';

/**
 * Pages as they come in, kept before they are answered. Never throws. What was answered with "accepted" is there after a crash
 * and a power loss, together with the job that works it.
 */
export interface PageIntake {
  /** One transaction: the page and the job, or neither. `mostWaiting`: so many unworked pages are kept at the most. */
  readonly accept: (page: AcceptedPage, job: JobRequest, mostWaiting: number) => Promise<PageAnswer | StoreFailure>;
  /** `incident`: where it went. Undefined: it is assigned to none yet. */
  readonly read: (
    id: string,
  ) => Promise<
    | { readonly state: 'read'; readonly page: AcceptedPage; readonly incident: string | undefined }
    | { readonly state: 'missing' }
    | StoreFailure
  >;
  /** Tells to which incident the page went, or `noIncident`. The first that is told holds for ever; `incident` is that one. */
  readonly assign: (
    id: string,
    incident: string,
  ) => Promise<{ readonly state: 'assigned'; readonly incident: string } | { readonly state: 'missing' } | StoreFailure>;
  /** What came in of one cause, latest received first. */
  readonly history: (fingerprint: string, since: Instant, limit: number) => Promise<PageHistory | StoreFailure>;
  /** Pages that no incident has yet, for back-pressure and metrics. */
  readonly countWaiting: () => Promise<{ readonly state: 'counted'; readonly waiting: number } | StoreFailure>;
}

export type PageAnswer =
  | { readonly state: 'accepted'; readonly id: string }
  /** The sender sent it before: nothing new was stored, and the sender may be told that all is well. */
  | { readonly state: 'known'; readonly id: string }
  /** As many wait as are kept at the most: the sender has to come again. */
  | { readonly state: 'full'; readonly waiting: number };

export interface PageHistory {
  readonly state: 'read';
  readonly pages: readonly { readonly page: AcceptedPage; readonly incident?: string }[];
}
