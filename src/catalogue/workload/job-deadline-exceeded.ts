import { citeObject, claim } from '../../domain/citation.ts';
import { minutesAgo } from '../../domain/example.ts';
import { failedJobs, jobOwner, podsOfJob } from '../../domain/failed-jobs.ts';
import { defineFailureMode } from '../../domain/failure-mode.ts';
import { affectedBy } from '../../domain/sightings.ts';

/** A Job ran for longer than it may, and was ended before it was done. */
export const jobDeadlineExceeded = defineFailureMode({
  id: 'job-deadline-exceeded',
  title: 'A Job ran for longer than it may, and was ended',
  role: 'cause',
  explanation: {
    whatItIs: 'The Job reached activeDeadlineSeconds: its pods were killed, whatever they had done, and it is Failed.',
    howItLooks: 'Condition Failed with reason DeadlineExceeded, and pods that are gone.',
    whyItHappens:
      'More data than before, a slow dependency, pods that waited for a node or an image most of the time, or a deadline that is too short.',
    whatStopsTheBleeding: 'Run the Job again with a longer deadline, once what held it up is gone.',
    whatFixesIt: 'Find what the time was spent on; split the work or raise the deadline.',
    howToPreventIt: 'Alert when a Job takes much longer than usual, before it reaches its deadline.',
  },
  sources: ['https://kubernetes.io/docs/concepts/workloads/controllers/job/#job-termination-and-cleanup'],
  needs: ['jobs', 'replicas'],
  helpedBy: [],
  explains: [],
  mitigations: [],

  recognise(facts) {
    return failedJobs(facts)
      .filter(({ reason }) => reason === 'DeadlineExceeded')
      .map(({ job, condition }) => ({
        subject: jobOwner(job),
        weight: 'conclusive' as const,
        because: [
          claim(
            `Job ${job.metadata.name} was ended after ${job.spec.activeDeadlineSeconds ?? '?'} s, its deadline.`,
            citeObject(
              job,
              `status.conditions[Failed]: DeadlineExceeded; activeDeadlineSeconds ${job.spec.activeDeadlineSeconds ?? '?'}`,
              condition.lastTransitionTime,
            ),
          ),
        ] as const,
        affects: [jobOwner(job), ...affectedBy(podsOfJob(job, facts.replicas))],
        ...(condition.lastTransitionTime === undefined ? {} : { since: condition.lastTransitionTime }),
      }));
  },

  recognises: [
    {
      story: 'Ended after ten minutes.',
      given: { pods: [], jobs: [job('DeadlineExceeded', 5)] },
      finds: [{ kind: 'Job', namespace: 'shop', name: 'report' }],
    },
  ],
  isNotFooledBy: [
    { story: 'It failed for another reason.', given: { pods: [], jobs: [job('BackoffLimitExceeded', 5)] } },
    { story: 'Ended last week.', given: { pods: [], jobs: [job('DeadlineExceeded', 60 * 24 * 7)] } },
  ],
});

function job(reason: string, endedMinutesAgo: number): { readonly [field: string]: unknown } {
  return {
    metadata: { name: 'report', namespace: 'shop' },
    spec: { activeDeadlineSeconds: 600 },
    status: { conditions: [{ type: 'Failed', status: 'True', reason, lastTransitionTime: minutesAgo(endedMinutesAgo) }] },
  };
}
