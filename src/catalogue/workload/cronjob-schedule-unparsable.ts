import { type Claim, citeObject, claim } from '../../domain/citation.ts';
import { parseCronSchedule } from '../../domain/cron-schedule.ts';
import { citeEvent, recentEvents } from '../../domain/event-index.ts';
import type { RawObject } from '../../domain/example.ts';
import { exampleEvent } from '../../domain/example-happenings.ts';
import { defineFailureMode } from '../../domain/failure-mode.ts';
import { subject } from '../../domain/subject.ts';

/** The CronJob controller's reasons for a schedule or time zone that it cannot read. */
const complaints: ReadonlySet<string> = new Set([
  'UnParseableCronJobSchedule',
  'UnparseableSchedule',
  'InvalidSchedule',
  'UnknownTimeZone',
]);

/** The schedule of a CronJob cannot be read, so it is never due. */
export const cronjobScheduleUnparsable = defineFailureMode({
  id: 'cronjob-schedule-unparsable',
  title: 'The schedule of a CronJob cannot be read',
  role: 'cause',
  explanation: {
    whatItIs: 'The controller does not understand the schedule or the time zone, so it never makes a Job.',
    howItLooks: 'No Jobs, and warnings of the cronjob-controller about the schedule or an unknown time zone.',
    whyItHappens: "A sixth field for seconds, words that other schedulers know, a time zone that the controller's image lacks.",
    whatStopsTheBleeding: 'Create one Job from it by hand: `kubectl create job --from=cronjob/…`.',
    whatFixesIt: 'Write five fields or a known word such as @daily, and a name of the IANA time zone database.',
    howToPreventIt: 'Apply with server-side validation, and alert on the age of the last success.',
  },
  sources: ['https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax'],
  needs: ['cronjobs'],
  helpedBy: ['events'],
  explains: ['cronjob-missed-schedule'],
  mitigations: [],

  recognise(facts) {
    return facts.cronjobs.all
      .filter((each) => each.spec.suspend !== true)
      .flatMap((cronJob) => {
        const { namespace, name } = cronJob.metadata;
        const told = recentEvents(facts.events, cronJob, facts.now)
          .filter((event) => complaints.has(event.reason ?? ''))
          .slice(0, 1)
          .map((event): Claim => claim('The controller says that it cannot read it.', citeEvent(event)));
        const schedule = cronJob.spec.schedule ?? '';
        const isReadable = parseCronSchedule(schedule) !== undefined;
        if (isReadable && told.length === 0) return [];
        return [
          {
            subject: subject('CronJob', namespace, name),
            weight: told.length > 0 ? ('conclusive' as const) : ('strong' as const),
            because: [
              claim(
                `CronJob ${namespace}/${name} is never due: ${isReadable ? `its time zone "${cronJob.spec.timeZone ?? ''}" is unknown` : `"${schedule}" is no schedule`}.`,
                citeObject(
                  cronJob,
                  `spec.schedule: ${schedule}${cronJob.spec.timeZone === undefined ? '' : `, timeZone ${cronJob.spec.timeZone}`}`,
                ),
              ),
              ...told,
            ] as const,
            affects: [subject('CronJob', namespace, name)],
          },
        ];
      });
  },

  recognises: [
    {
      story: 'Six fields, as other schedulers take them.',
      given: { cronjobs: [backup({ schedule: '0 0 2 * * *' })] },
      finds: [{ kind: 'CronJob', namespace: 'shop', name: 'backup' }],
    },
    {
      story: 'The controller does not know the time zone.',
      given: {
        cronjobs: [backup({ schedule: '0 2 * * *', timeZone: 'Mars/Base' })],
        events: [
          exampleEvent({
            about: { kind: 'CronJob', name: 'backup' },
            reason: 'UnknownTimeZone',
            message: 'invalid timeZone: "Mars/Base": unknown time zone Mars/Base',
          }),
        ],
      },
    },
  ],
  isNotFooledBy: [
    { story: 'A plain schedule.', given: { cronjobs: [backup({ schedule: '*/15 6-22 * * mon-fri' })] } },
    { story: 'A word that is known.', given: { cronjobs: [backup({ schedule: '@daily' })] } },
  ],
});

function backup(spec: object): RawObject {
  return { metadata: { name: 'backup', namespace: 'shop' }, spec, status: {} };
}
