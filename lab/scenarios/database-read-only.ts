import type { Scenario } from '../framework/scenario.ts';
import { onDatabase } from '../framework/shop.ts';

export const scenario: Scenario = {
  name: 'database-read-only',
  story: 'After a rehearsed failover the database stays read-only; it answers, and refuses every payment.',
  break: async () => {
    await onDatabase('alter system set default_transaction_read_only = on');
    await onDatabase('select pg_reload_conf()');
  },
  alert: 'PaymentServiceErrorRate',
  expectation: {
    outcome: 'explained',
    failureMode: 'dependency-read-only',
    subject: { kind: 'Service', namespace: 'payments', name: 'postgres' },
  },
  heal: async () => {
    await onDatabase('alter system reset default_transaction_read_only');
    await onDatabase('select pg_reload_conf()');
  },
};
