import { cronJob, inOwnNamespace } from '../framework/own-namespace.ts';

const namespace = 'backups';

export const scenario = inOwnNamespace({
  name: 'cronjob-suspended',
  story: 'The backup was suspended for a migration and forgotten; the watcher of the backup store misses its file.',
  namespace,
  objects: [cronJob('nightly-backup', { container: { command: ['/bin/true'] }, spec: { schedule: '0 2 * * *', suspend: true } })],
  report: {
    alert: 'BackupTooOld',
    summary: 'no file of nightly-backup arrived for 26 hours',
    labels: { severity: 'critical', namespace, cronjob: 'nightly-backup' },
  },
  expectation: { outcome: 'explained', failureMode: 'cronjob-suspended', subject: { kind: 'CronJob', name: 'nightly-backup' } },
});
