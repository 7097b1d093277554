import { citeObject, claim } from '../../domain/citation.ts';
import { minutesAgo } from '../../domain/example.ts';
import { failedJobs, jobOwner, podsOfJob } from '../../domain/failed-jobs.ts';
import { defineFailureMode } from '../../domain/failure-mode.ts';
import { affectedBy } from '../../domain/sightings.ts';

/** A Job is Failed. True, and no explanation. */
export const jobFailed = defineFailureMode({
  id: 'job-failed',
  title: 'A Job has failed',
  role: 'symptom',
  explanation: {
    whatItIs: 'The Job reached the condition Failed: it makes no more pods, and its work is not done.',
    howItLooks: 'Failed in `kubectl get jobs`, and pods in Error.',
    whyItHappens: 'Its program failed too often, it took too long, or its pods could not start.',
    whatStopsTheBleeding: 'Find out who waits for the result, and tell them.',
    whatFixesIt: 'Read the log of its last pod, remove the cause, and create the Job again.',
    howToPreventIt: 'Make the work repeatable, and alert on the missing result and not only on the Job.',
  },
  sources: ['https://kubernetes.io/docs/concepts/workloads/controllers/job/'],
  needs: ['jobs', 'replicas'],
  helpedBy: [],
  explains: [],
  mitigations: [],

  recognise(facts) {
    return failedJobs(facts).map(({ job, condition, reason }) => ({
      subject: jobOwner(job),
      weight: 'conclusive' as const,
      because: [
        claim(
          `Job ${job.metadata.name} has failed: ${reason}.`,
          citeObject(job, `status.conditions[Failed]: ${reason} ${condition.message ?? ''}`.trim(), condition.lastTransitionTime),
        ),
      ] as const,
      affects: [jobOwner(job), ...affectedBy(podsOfJob(job, facts.replicas))],
      ...(condition.lastTransitionTime === undefined ? {} : { since: condition.lastTransitionTime }),
    }));
  },

  recognises: [
    {
      story: 'Failed five minutes ago.',
      given: { pods: [], jobs: [job('Failed', 5)] },
      finds: [{ kind: 'Job', namespace: 'shop', name: 'report' }],
    },
  ],
  isNotFooledBy: [
    { story: 'It is complete.', given: { pods: [], jobs: [job('Complete', 5)] } },
    { story: 'Failed last month.', given: { pods: [], jobs: [job('Failed', 60 * 24 * 30)] } },
  ],
});

function job(type: string, endedMinutesAgo: number): { readonly [field: string]: unknown } {
  return {
    metadata: { name: 'report', namespace: 'shop' },
    spec: {},
    status: { conditions: [{ type, status: 'True', reason: 'BackoffLimitExceeded', lastTransitionTime: minutesAgo(endedMinutesAgo) }] },
  };
}
