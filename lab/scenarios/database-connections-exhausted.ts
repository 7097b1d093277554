import type { Scenario } from '../framework/scenario.ts';
import { onDatabase } from '../framework/shop.ts';
import { runInHost, tryInHost } from '../machine/in-host.ts';

const unit = 'report-export.service';
const holdConnections = 'for i in $(seq 60); do psql --quiet --command "select pg_sleep(3600)" & done; wait';

export const scenario: Scenario = {
  name: 'database-connections-exhausted',
  story: 'A report export on the database host opens connections without end and leaves none for payment-service.',
  break: async () => {
    await runInHost('database', ['systemd-run', `--unit=${unit}`, '--uid=postgres', '--collect', '/bin/sh', '-c', holdConnections]);
  },
  alert: 'PaymentServiceErrorRate',
  isImportant: true,
  expectation: {
    outcome: 'explained',
    failureMode: 'dependency-connections-exhausted',
    subject: { kind: 'Service', namespace: 'payments', name: 'postgres' },
  },
  heal: async () => {
    await tryInHost('database', ['systemctl', 'stop', unit]);
    // A session that sleeps notices only at its next answer that its client is gone.
    await onDatabase(
      "select pg_terminate_backend(pid) from pg_stat_activity where query like '%pg_sleep(3600)%' and pid <> pg_backend_pid()",
    );
  },
};
