import { kubectl } from '../cluster/kubectl.ts';
import type { Scenario } from '../framework/scenario.ts';

export const scenario: Scenario = {
  name: 'dns-down',
  story: 'CoreDNS is scaled to nothing; every name look-up in the cluster fails.',
  break: async () => {
    await kubectl('scale', 'deployment/coredns', '--namespace=kube-system', '--replicas=0');
  },
  alert: 'CheckoutErrorRate',
  isImportant: true,
  expectation: {
    outcome: 'explained',
    failureMode: 'dns-failing',
    subject: { kind: 'Deployment', namespace: 'kube-system', name: 'coredns' },
  },
  heal: async () => {
    await kubectl('scale', 'deployment/coredns', '--namespace=kube-system', '--replicas=2');
  },
};
