import type { Instant } from '../../domain/instant.ts';
import type { JobRequest, TakenJob } from '../../ports/job-queue.ts';
import type { Failed } from '../act/acting.ts';

export type JobOutcome =
  | { readonly state: 'done' }
  /** `at`: not before. Absent: after a pause that grows with the tries. */
  | { readonly state: 'again'; readonly because: string; readonly at?: Instant }
  /** It has to wait for somebody else; this job takes its place. */
  | { readonly state: 'later'; readonly job: JobRequest }
  | { readonly state: 'given-up'; readonly because: string }
  /** Put down in good order because the server stops. */
  | { readonly state: 'stopped' };

export type JobHandler = (job: TakenJob, signal: AbortSignal) => Promise<JobOutcome>;

export const done: JobOutcome = { state: 'done' };

export function againBecause({ attempted, happened }: Pick<Failed, 'attempted' | 'happened'>): JobOutcome {
  return { state: 'again', because: `${attempted}: ${happened}` };
}
