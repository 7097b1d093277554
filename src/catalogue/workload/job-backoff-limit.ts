import { type Claim, citeObject, claim } from '../../domain/citation.ts';
import { citeEnd, lastEnd } from '../../domain/container-evidence.ts';
import { minutesAgo } from '../../domain/example.ts';
import { examplePod } from '../../domain/example-objects.ts';
import { defineFailureMode } from '../../domain/failure-mode.ts';
import { failedJobs, jobOwner, podsOfJob } from '../../domain/failed-jobs.ts';
import { affectedBy } from '../../domain/sightings.ts';
import { shellCommand } from '../../domain/shell-word.ts';

/** The pods of a Job failed as often as they may, and the Job has given up. */
export const jobBackoffLimit = defineFailureMode({
  id: 'job-backoff-limit',
  title: 'A Job has given up after too many failed tries',
  role: 'cause',
  explanation: {
    whatItIs:
      'Each pod of the Job ended in error, and with the last of them the Job reached its backoffLimit: it is Failed and makes no more pods.',
    howItLooks: 'Condition Failed with reason BackoffLimitExceeded; the work is not done and nothing will do it.',
    whyItHappens:
      'The program fails each time: its input, its configuration, a dependency, its memory limit; or the limit is too low for a flaky dependency.',
    whatStopsTheBleeding: 'Run the Job again once its cause is removed; with a CronJob the next run may do it.',
    whatFixesIt: 'Repair what ends the program; a Job that has failed must be created anew.',
    howToPreventIt: 'Alert on failed Jobs, make the work repeatable, and set backoffLimit for the failures that pass by themselves.',
  },
  sources: ['https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-backoff-failure-policy'],
  needs: ['replicas', 'jobs'],
  helpedBy: [],
  explains: [],
  mitigations: [],

  recognise(facts) {
    return failedJobs(facts)
      .filter(({ reason }) => reason === 'BackoffLimitExceeded' || reason === 'MaxFailedIndexesExceeded' || reason === 'FailedIndexes')
      .map(({ job, reason, condition }) => {
        const pods = podsOfJob(job, facts.replicas);
        const ends: readonly Claim[] = pods
          .flatMap((replica) =>
            replica.pod.status.containerStatuses
              .filter((status) => (lastEnd(status)?.exitCode ?? 0) !== 0)
              .map((status) => claim(`Its pod ${replica.pod.metadata.name} ended in error.`, citeEnd(replica.pod, status.name))),
          )
          .slice(0, 3);
        const first = claim(
          `Job ${job.metadata.name} has given up: ${condition.message ?? reason}.`,
          citeObject(
            job,
            `status.conditions[Failed]: ${reason}; backoffLimit ${job.spec.backoffLimit ?? 6}, failed ${job.status.failed ?? 0}`,
            condition.lastTransitionTime,
          ),
        );
        return {
          subject: jobOwner(job),
          weight: 'strong' as const,
          because: [first, ...ends] as const,
          affects: [jobOwner(job), ...affectedBy(pods)],
          ...(condition.lastTransitionTime === undefined ? {} : { since: condition.lastTransitionTime }),
          wouldSettle: [shellCommand`kubectl -n ${job.metadata.namespace} logs job/${job.metadata.name} --tail=50`],
        };
      });
  },

  recognises: [
    {
      story: 'Seven tries, seven errors.',
      given: { jobs: [failed(10)], pods: [tried()] },
      finds: [{ kind: 'Job', namespace: 'shop', name: 'report' }],
    },
    {
      story: 'A run of a CronJob: the CronJob is what people act on.',
      given: { jobs: [failed(10, { kind: 'CronJob', name: 'nightly' })], pods: [] },
      finds: [{ kind: 'CronJob', namespace: 'shop', name: 'nightly' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'Its pod failure policy ended it at the first failure: the limit was never reached.',
      given: { jobs: [failed(10, undefined, 'PodFailurePolicy')], pods: [] },
    },
    { story: 'A trace of last week.', given: { jobs: [failed(60 * 24 * 7)], pods: [] } },
    { story: 'The run after it succeeded.', given: { jobs: [failed(60, { kind: 'CronJob', name: 'nightly' }), succeeded()], pods: [] } },
    {
      story: 'One try failed, and the Job goes on.',
      given: {
        jobs: [{ metadata: { name: 'report', namespace: 'shop', uid: 'uid-report' }, spec: {}, status: { active: 1, failed: 1 } }],
        pods: [tried()],
      },
    },
  ],
});

function failed(
  endedMinutesAgo: number,
  owner?: { readonly kind: string; readonly name: string },
  reason = 'BackoffLimitExceeded',
): { readonly [field: string]: unknown } {
  return {
    metadata: {
      name: 'report',
      namespace: 'shop',
      uid: 'uid-report',
      creationTimestamp: minutesAgo(endedMinutesAgo + 20),
      ...(owner === undefined ? {} : { ownerReferences: [{ ...owner, uid: 'uid-cron', controller: true }] }),
    },
    spec: { backoffLimit: 6 },
    status: {
      failed: 7,
      conditions: [
        {
          type: 'Failed',
          status: 'True',
          reason,
          message: 'Job has reached the specified backoff limit',
          lastTransitionTime: minutesAgo(endedMinutesAgo),
        },
      ],
    },
  };
}

function succeeded(): { readonly [field: string]: unknown } {
  return {
    metadata: {
      name: 'nightly-2',
      namespace: 'shop',
      uid: 'uid-nightly-2',
      creationTimestamp: minutesAgo(15),
      ownerReferences: [{ kind: 'CronJob', name: 'nightly', uid: 'uid-cron', controller: true }],
    },
    spec: {},
    status: {
      succeeded: 1,
      completionTime: minutesAgo(12),
      conditions: [{ type: 'Complete', status: 'True', lastTransitionTime: minutesAgo(12) }],
    },
  };
}

function tried(): ReturnType<typeof examplePod> {
  return examplePod({
    name: 'report-a',
    owner: { kind: 'Job', name: 'report' },
    phase: 'Failed',
    isReady: false,
    status: { ready: false, state: { terminated: { exitCode: 1, reason: 'Error', finishedAt: minutesAgo(11) } } },
  });
}
