import type { Collection } from './collection.ts';
import { type Instant, millisecondsPerDay } from './instant.ts';
import type { Condition } from './kubernetes/metadata.ts';
import type { Job } from './kubernetes/workload.ts';
import type { Replica, Replicas } from './replica.ts';
import { type Subject, subject } from './subject.ts';

/** A Job that ended in failure, and still matters. */
export interface FailedJob {
  readonly job: Job;
  readonly condition: Condition;
  /** "BackoffLimitExceeded", "DeadlineExceeded" … */
  readonly reason: string;
}

/** Failed Jobs are kept until somebody deletes them; those of days ago are history. */
const currentMilliseconds = millisecondsPerDay;

/** Failed within a day, and no later run of the same CronJob has succeeded. */
export function failedJobs(facts: { readonly now: Instant; readonly jobs: Collection<Job> }): readonly FailedJob[] {
  return facts.jobs.all.flatMap((job) => {
    const condition = job.status.conditions.find((each) => each.type === 'Failed' && each.status === 'True');
    const at = condition?.lastTransitionTime;
    if (condition === undefined || at === undefined || facts.now - at > currentMilliseconds || hasSucceededSince(job, at, facts.jobs))
      return [];
    return [{ job, condition, reason: condition.reason ?? 'Failed' }];
  });
}

function hasSucceededSince(job: Job, at: Instant, jobs: Collection<Job>): boolean {
  const owner = job.metadata.ownerReferences.find((each) => each.controller === true);
  if (owner === undefined) return false;
  return jobs
    .ownedBy(owner.uid)
    .some((other) => other !== job && (other.status.completionTime ?? 0) > at && (other.status.succeeded ?? 0) > 0);
}

/** The CronJob where there is one, for its Jobs have names that change. */
export function jobOwner({ metadata }: Job): Subject {
  const owner = metadata.ownerReferences.find((each) => each.controller === true);
  return owner?.name === undefined || owner.kind === undefined
    ? subject('Job', metadata.namespace, metadata.name)
    : subject(owner.kind, metadata.namespace, owner.name);
}

export function podsOfJob(job: Job, replicas: Replicas): readonly Replica[] {
  return replicas
    .ofWorkload(jobOwner(job))
    .filter(({ pod }) => pod.metadata.ownerReferences.some((owner) => owner.kind === 'Job' && owner.name === job.metadata.name));
}
