import { kubectl } from '../cluster/kubectl.ts';
import type { Scenario } from '../framework/scenario.ts';
import { podsOf, waitForPending } from '../framework/shop.ts';
import { runInHost } from '../machine/in-host.ts';

export const scenario: Scenario = {
  name: 'scheduler-stopped',
  story: 'The scheduler is stopped; a replaced pod stays Pending without a single event.',
  break: async () => {
    await runInHost('control-plane', ['systemctl', 'stop', 'kube-scheduler']);
    const pods = await podsOf({ namespace: 'payments', label: 'app=payment-service' });
    await kubectl('delete', 'pods', '--namespace=payments', ...pods.slice(0, 1).map(({ metadata }) => metadata.name));
  },
  // A successor would take the scheduler's Lease within 15 s; before that its absence cannot be told from a moment's quiet.
  symptom: () => waitForPending({ label: 'app=payment-service', forSeconds: 40 }),
  isImportant: true,
  expectation: { outcome: 'explained', failureMode: 'scheduler-not-running' },
  heal: async () => {
    await runInHost('control-plane', ['systemctl', 'start', 'kube-scheduler']);
  },
};
