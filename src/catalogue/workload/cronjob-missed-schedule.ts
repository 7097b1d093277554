import { type Claim, citeObject, claim } from '../../domain/citation.ts';
import type { Collection } from '../../domain/collection.ts';
import { lastDue, parseCronSchedule } from '../../domain/cron-schedule.ts';
import { citeEvent, recentEvents } from '../../domain/event-index.ts';
import { minutesAgo, type RawObject } from '../../domain/example.ts';
import { exampleEvent } from '../../domain/example-happenings.ts';
import { defineFailureMode, type Weight } from '../../domain/failure-mode.ts';
import { formatInstant, type Instant, millisecondsPerHour, millisecondsPerMinute, spokenDuration } from '../../domain/instant.ts';
import type { CronJob, Event, Job } from '../../domain/kubernetes/workload.ts';
import { isNamedByAlert } from '../../domain/named-by-alert.ts';
import { subject } from '../../domain/subject.ts';

/** The controller looks at every CronJob within seconds; five minutes leave room for a controller that just changed its leader. */
const patienceMilliseconds = 5 * millisecondsPerMinute;
/** No time zone is further from UTC; a schedule in an unknown zone is late only beyond that. */
const farthestZoneMilliseconds = 15 * millisecondsPerHour;
/** So many of its own intervals may a run take before it is suspected to hang. */
const mayBeSkipped = 6;

/** A CronJob was due and made no Job. */
export const cronjobMissedSchedule = defineFailureMode({
  id: 'cronjob-missed-schedule',
  title: 'A CronJob was due and did not run',
  role: 'cause',
  explanation: {
    whatItIs:
      'The schedule was due, and the controller made no Job: the run before is still active, the deadline for starting had passed, or the controller did not look.',
    howItLooks: 'LAST SCHEDULE older than the schedule allows; events MissSchedule, JobAlreadyActive or TooManyMissedTimes.',
    whyItHappens:
      'concurrencyPolicy Forbid with a run that hangs; more than a hundred missed runs without startingDeadlineSeconds; a controller manager that was down.',
    whatStopsTheBleeding: 'End the run that hangs, or create one Job from it by hand.',
    whatFixesIt: 'Give runs a deadline, set startingDeadlineSeconds, and make the work fit into its interval.',
    howToPreventIt: 'Alert on the age of the last success.',
  },
  sources: [
    'https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#cron-job-limitations',
    'https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#concurrency-policy',
  ],
  needs: ['cronjobs'],
  helpedBy: ['jobs', 'events', 'judged-alert'],
  explains: [],
  mitigations: [],

  recognise(facts) {
    return facts.cronjobs.all.flatMap((cronJob) => {
      const { namespace, name, creationTimestamp } = cronJob.metadata;
      const due = lastDueAt(cronJob, facts.now);
      const last = cronJob.status.lastScheduleTime;
      const isLate = due !== undefined && (creationTimestamp ?? 0) < due && (last ?? 0) < due;
      if (cronJob.spec.suspend === true || !isLate) return [];
      const why = [...stillActive(cronJob, facts.jobs, facts.now), ...toldBy(cronJob, facts.events, facts.now)];
      const isPaged = isNamedByAlert(facts['judged-alert']?.alert, { namespace, names: [name] });
      if (!isPaged && isStillAtWork(cronJob, facts.jobs, due)) return [];
      const weight: Weight = why.length > 0 ? (isPaged ? 'conclusive' : 'strong') : isPaged ? 'strong' : 'suggestive';
      const first = claim(
        `CronJob ${namespace}/${name} was due at ${formatInstant(due)} and did not run.`,
        citeObject(
          cronJob,
          `spec.schedule: ${cronJob.spec.schedule}; status.lastScheduleTime: ${last === undefined ? 'never' : formatInstant(last)}`,
          last,
        ),
      );
      return [
        {
          subject: subject('CronJob', namespace, name),
          weight,
          because: [first, ...why] as const,
          since: due,
          affects: [subject('CronJob', namespace, name)],
        },
      ];
    });
  },

  recognises: [
    {
      story: 'Every five minutes, one run at a time, and the last run hangs for an hour.',
      given: {
        cronjobs: [every5({ lastScheduleTime: minutesAgo(60), active: [{ name: 'sync-1' }] })],
        jobs: [
          {
            metadata: { name: 'sync-1', namespace: 'shop', creationTimestamp: minutesAgo(60) },
            spec: {},
            status: { active: 1, startTime: minutesAgo(60) },
          },
        ],
      },
      finds: [{ kind: 'CronJob', namespace: 'shop', name: 'sync' }],
    },
    {
      story: 'The controller has given up counting.',
      given: {
        cronjobs: [every5({ lastScheduleTime: minutesAgo(900) })],
        events: [
          exampleEvent({
            about: { kind: 'CronJob', name: 'sync' },
            reason: 'TooManyMissedTimes',
            message: 'too many missed start times (> 100). Set or decrease .spec.startingDeadlineSeconds or check clock skew',
          }),
        ],
      },
    },
  ],
  isNotFooledBy: [
    {
      story: 'The run before takes a quarter of an hour, and only one run at a time is asked for.',
      given: {
        cronjobs: [every5({ lastScheduleTime: minutesAgo(16), active: [{ name: 'sync-1' }] })],
        jobs: [
          {
            metadata: { name: 'sync-1', namespace: 'shop', creationTimestamp: minutesAgo(16) },
            spec: {},
            status: { active: 1, startTime: minutesAgo(16) },
          },
        ],
        events: [
          exampleEvent({
            about: { kind: 'CronJob', name: 'sync' },
            reason: 'JobAlreadyActive',
            message: 'Not starting job because prior execution is running and concurrency policy is Forbid',
          }),
        ],
      },
    },
    { story: 'It ran when it was due.', given: { cronjobs: [every5({ lastScheduleTime: minutesAgo(4) })] } },
    {
      story: 'It was made after it was last due.',
      given: { cronjobs: [{ ...every5({}), metadata: { name: 'sync', namespace: 'shop', creationTimestamp: minutesAgo(3) } }] },
    },
    {
      story: 'Due at two in the morning of another time zone.',
      given: {
        cronjobs: [{ ...every5({ lastScheduleTime: minutesAgo(60 * 20) }), spec: { schedule: '0 2 * * *', timeZone: 'America/New_York' } }],
      },
    },
  ],
});

function lastDueAt({ spec }: CronJob, now: Instant): Instant | undefined {
  const schedule = parseCronSchedule(spec.schedule ?? '');
  if (schedule === undefined || schedule === 'every') return undefined;
  const isUtc = spec.timeZone === undefined || /^(Etc\/)?(UTC|GMT|Zulu)$/i.test(spec.timeZone);
  return lastDue(schedule, now - patienceMilliseconds - (isUtc ? 0 : farthestZoneMilliseconds));
}

/** One run at a time means that a long run skips its successors, as whoever asked for it wants. One that skips many hangs. */
function isStillAtWork(cronJob: CronJob, jobs: Collection<Job> | undefined, due: Instant): boolean {
  const schedule = parseCronSchedule(cronJob.spec.schedule ?? '');
  const { active } = cronJob.status;
  if (cronJob.spec.concurrencyPolicy !== 'Forbid' || active.length === 0 || schedule === undefined || schedule === 'every') return false;
  const before = lastDue(schedule, due - millisecondsPerMinute);
  if (before === undefined) return false;
  const patience = mayBeSkipped * (due - before);
  return active.every(({ name }) => {
    const job = jobs?.named(cronJob.metadata.namespace, name);
    return job?.status.startTime !== undefined && (job.status.failed ?? 0) === 0 && due - job.status.startTime < patience;
  });
}

function stillActive(cronJob: CronJob, jobs: Collection<Job> | undefined, now: Instant): readonly Claim[] {
  if (cronJob.spec.concurrencyPolicy !== 'Forbid') return [];
  return cronJob.status.active.slice(0, 2).map(({ name }) => {
    const job = jobs?.named(cronJob.metadata.namespace, name);
    const age = job?.status.startTime === undefined ? '' : ` for ${spokenDuration(now - job.status.startTime)}`;
    return claim(
      `It allows one run at a time, and ${name ?? 'a run'} has been active${age}.`,
      citeObject(cronJob, `spec.concurrencyPolicy: Forbid; status.active: ${name}`),
      ...(job === undefined ? [] : [citeObject(job, `status.active: ${job.status.active ?? 0}`, job.status.startTime)]),
    );
  });
}

function toldBy(cronJob: CronJob, events: Collection<Event> | undefined, now: Instant): readonly Claim[] {
  return recentEvents(events, cronJob, now)
    .filter((event) =>
      ['MissSchedule', 'JobAlreadyActive', 'TooManyMissedTimes', 'FailedCreate', 'FailedNeedsStart'].includes(event.reason ?? ''),
    )
    .slice(0, 2)
    .map((event) => claim('The controller says why.', citeEvent(event)));
}

function every5(status: object): RawObject {
  return {
    metadata: { name: 'sync', namespace: 'shop', uid: 'uid-sync', creationTimestamp: minutesAgo(60 * 24 * 9) },
    spec: { schedule: '*/5 * * * *', concurrencyPolicy: 'Forbid' },
    status,
  };
}
