import { applyObjects, kubectl } from '../cluster/kubectl.ts';
import type { Scenario } from '../framework/scenario.ts';
import { waitForPodReason } from '../framework/shop.ts';

const name = 'payments-egress';
const policy = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name, namespace: 'payments' },
  spec: {
    podSelector: { matchLabels: { app: 'payment-service' } },
    policyTypes: ['Egress'],
    egress: [
      {
        to: [{ namespaceSelector: {}, podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } } }],
        ports: [
          { protocol: 'UDP', port: 53 },
          { protocol: 'TCP', port: 53 },
        ],
      },
    ],
  },
};

export const scenario: Scenario = {
  name: 'database-blocked-by-policy',
  story: 'A security review locks the egress of payment-service down to DNS and forgets its database, which stands outside of the cluster.',
  break: () => applyObjects([policy]),
  symptom: () => waitForPodReason({ label: 'app=payment-service', reasons: ['CrashLoopBackOff'] }),
  alert: 'CheckoutErrorRate',
  isImportant: true,
  expectation: {
    outcome: 'explained',
    failureMode: 'network-policy-blocks',
    subject: { kind: 'NetworkPolicy', namespace: 'payments', name },
  },
  heal: async () => {
    await kubectl('delete', 'networkpolicy', name, '--namespace=payments', '--ignore-not-found');
    // New pods instead of old ones that wait out their back-off.
    await kubectl('delete', 'pods', '--namespace=payments', '--selector=app=payment-service');
  },
};
