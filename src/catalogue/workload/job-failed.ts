import { citeObject, type Claim, claim } from '../../domain/citation.ts';
import { citeEnd, lastEnd } from '../../domain/container-evidence.ts';
import { minutesAgo } from '../../domain/example.ts';
import { failedJobs, jobOwner, podsOfJob } from '../../domain/failed-jobs.ts';
import { defineFailureMode } from '../../domain/failure-mode.ts';
import { affectedBy } from '../../domain/sightings.ts';
import { shellCommand } from '../../domain/shell-word.ts';

/** Reasons that are failure modes of their own. */
const ownModes: ReadonlySet<string> = new Set(['BackoffLimitExceeded', 'MaxFailedIndexesExceeded', 'FailedIndexes', 'DeadlineExceeded']);

/** A Job is Failed, and neither its limit of tries nor of time was reached: most often its own policy ended it at the first failure. */
export const jobFailed = defineFailureMode({
  id: 'job-failed',
  title: 'A Job has failed',
  role: 'cause',
  explanation: {
    whatItIs:
      'The Job reached the condition Failed without using up its tries or its time: it makes no more pods, and its work is not done.',
    howItLooks:
      'Failed in `kubectl get jobs`, condition Failed with reason PodFailurePolicy and the rule that matched, a single pod in Error.',
    whyItHappens:
      'A pod ended in a way that the Job’s podFailurePolicy declares final, such as an exit code for bad input: a further try would not help.',
    whatStopsTheBleeding: 'Find out who waits for the result, and tell them.',
    whatFixesIt: 'Read the log of its last pod, remove the cause, and create the Job again.',
    howToPreventIt: 'Make the work repeatable, and alert on the missing result and not only on the Job.',
  },
  sources: ['https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-failure-policy'],
  needs: ['jobs', 'replicas'],
  helpedBy: [],
  explains: [],
  mitigations: [],

  recognise(facts) {
    return failedJobs(facts)
      .filter(({ reason }) => !ownModes.has(reason))
      .map(({ job, condition, reason }) => {
        const pods = podsOfJob(job, facts.replicas);
        const ends: readonly Claim[] = pods
          .flatMap(({ pod }) =>
            pod.status.containerStatuses
              .filter((status) => (lastEnd(status)?.exitCode ?? 0) !== 0)
              .map((status) =>
                claim(
                  `Its pod ${pod.metadata.name} ended with exit code ${lastEnd(status)?.exitCode ?? '?'}, and no further one is tried.`,
                  citeEnd(pod, status.name),
                ),
              ),
          )
          .slice(0, 2);
        const first = claim(
          `Job ${job.metadata.name} has failed: ${condition.message ?? reason}.`,
          citeObject(
            job,
            `status.conditions[Failed]: ${reason} ${condition.message ?? ''}; backoffLimit ${job.spec.backoffLimit ?? 6}, failed ${job.status.failed ?? 0}`,
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
      story: 'Its policy ended it at the first failure.',
      given: { pods: [], jobs: [job('Failed', 5)] },
      finds: [{ kind: 'Job', namespace: 'shop', name: 'report' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'It has used up its tries, which is a mode of its own.',
      given: { pods: [], jobs: [job('Failed', 5, 'BackoffLimitExceeded')] },
    },
    { story: 'It is complete.', given: { pods: [], jobs: [job('Complete', 5)] } },
    { story: 'Failed last month.', given: { pods: [], jobs: [job('Failed', 60 * 24 * 30)] } },
  ],
});

function job(type: string, endedMinutesAgo: number, reason = 'PodFailurePolicy'): { readonly [field: string]: unknown } {
  return {
    metadata: { name: 'report', namespace: 'shop' },
    spec: {},
    status: { conditions: [{ type, status: 'True', reason, lastTransitionTime: minutesAgo(endedMinutesAgo) }] },
  };
}
