import { kubectl } from '../cluster/kubectl.ts';
import type { Scenario } from '../framework/scenario.ts';
import { runInHost } from '../machine/in-host.ts';

export const scenario: Scenario = {
  name: 'database-stopped',
  story: 'PostgreSQL is stopped on its host, outside of the cluster; every connection to it is refused.',
  break: async () => {
    await runInHost('database', ['systemctl', 'stop', 'postgresql@15-main']);
  },
  alert: 'CheckoutErrorRate',
  expectation: {
    outcome: 'explained',
    failureMode: 'dependency-refuses-connections',
    subject: { kind: 'Service', namespace: 'payments', name: 'postgres' },
  },
  heal: async () => {
    await runInHost('database', ['systemctl', 'start', 'postgresql@15-main']);
    // New pods instead of old ones that wait out their back-off.
    await kubectl('delete', 'pods', '--namespace=payments', '--selector=app=payment-service');
  },
};
