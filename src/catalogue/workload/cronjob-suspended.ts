import { type Claim, citeObject, claim } from '../../domain/citation.ts';
import { minutesAgo, type RawObject } from '../../domain/example.ts';
import { exampleJudgedAlert } from '../../domain/example-happenings.ts';
import { defineFailureMode } from '../../domain/failure-mode.ts';
import { spokenDuration } from '../../domain/instant.ts';
import { isNamedByAlert } from '../../domain/named-by-alert.ts';
import { subject } from '../../domain/subject.ts';

/** A CronJob is switched off, and the page misses its result. People switch CronJobs off on purpose, so without a page it is only a note. */
export const cronjobSuspended = defineFailureMode({
  id: 'cronjob-suspended',
  title: 'A CronJob whose result is missed is suspended',
  role: 'cause',
  explanation: {
    whatItIs: 'spec.suspend is true: the controller makes no Jobs, however often the schedule is due.',
    howItLooks: 'SUSPEND True in `kubectl get cronjobs`, LAST SCHEDULE long ago, no events.',
    whyItHappens: 'Suspended for maintenance or an upgrade and forgotten, or switched off in another environment by the same chart.',
    whatStopsTheBleeding: 'Create one Job from it by hand: `kubectl create job --from=cronjob/…`.',
    whatFixesIt: 'Set suspend to false once nothing speaks against it any more.',
    howToPreventIt: 'Alert on the age of the last success and not on failures only.',
  },
  sources: ['https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-suspension'],
  needs: ['cronjobs'],
  helpedBy: ['judged-alert'],
  explains: [],
  mitigations: [],

  recognise(facts) {
    return facts.cronjobs.all
      .filter((each) => each.spec.suspend === true && each.metadata.deletionTimestamp === undefined)
      .map((cronJob) => {
        const { namespace, name } = cronJob.metadata;
        const isPaged = isNamedByAlert(facts['judged-alert']?.alert, { namespace, names: [name] });
        const write = cronJob.metadata.managedFields.find((each) => each.paths.includes('spec.suspend'));
        const last = cronJob.status.lastScheduleTime;
        const ago: readonly Claim[] =
          last === undefined
            ? []
            : [claim(`Its last run began ${spokenDuration(facts.now - last)} ago.`, citeObject(cronJob, 'status.lastScheduleTime', last))];
        return {
          subject: subject('CronJob', namespace, name),
          weight: isPaged ? ('conclusive' as const) : ('weak' as const),
          because: [
            claim(
              `CronJob ${namespace}/${name} is suspended.`,
              citeObject(
                cronJob,
                `spec.suspend: true${write?.manager === undefined ? '' : `, last written by ${write.manager}`}`,
                write?.at,
              ),
            ),
            ...ago,
          ] as const,
          affects: [subject('CronJob', namespace, name)],
        };
      });
  },

  recognises: [
    {
      story: 'The page misses the backup, and its CronJob is suspended.',
      given: { cronjobs: [backup(true)], 'judged-alert': exampleJudgedAlert('real', { cronjob: 'backup', namespace: 'shop' }) },
      finds: [{ kind: 'CronJob', namespace: 'shop', name: 'backup' }],
    },
  ],
  isNotFooledBy: [{ story: 'It is not suspended.', given: { cronjobs: [backup(false)] } }],
});

function backup(suspend: boolean): RawObject {
  return {
    metadata: { name: 'backup', namespace: 'shop' },
    spec: { schedule: '0 2 * * *', suspend },
    status: { lastScheduleTime: minutesAgo(60 * 24 * 3) },
  };
}
