import { inOwnNamespace, errandImage, service, workload } from '../framework/own-namespace.ts';
import { waitForHealth } from '../framework/shop.ts';
import { waitForAge } from '../framework/symptoms.ts';

const namespace = 'walled-garden';
const dns = { namespaceSelector: {}, podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } } };

export const scenario = inOwnNamespace({
  name: 'default-deny-with-allowed-flows',
  story: 'Nothing is broken: a policy with an empty selector forbids everything, and two more allow what is needed.',
  namespace,
  objects: [
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'deny-all' },
      spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
    },
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'visitor' },
      spec: {
        podSelector: { matchLabels: { app: 'visitor' } },
        policyTypes: ['Egress'],
        egress: [
          {
            to: [dns],
            ports: [
              { protocol: 'UDP', port: 53 },
              { protocol: 'TCP', port: 53 },
            ],
          },
          { to: [{ podSelector: { matchLabels: { app: 'fountain' } } }], ports: [{ protocol: 'TCP', port: 8080 }] },
        ],
      },
    },
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'fountain' },
      spec: {
        podSelector: { matchLabels: { app: 'fountain' } },
        policyTypes: ['Ingress'],
        ingress: [{ from: [{ podSelector: { matchLabels: { app: 'visitor' } } }], ports: [{ protocol: 'TCP', port: 8080 }] }],
      },
    },
    workload('fountain', { spec: { replicas: 2 } }),
    service('fountain'),
    workload('visitor', { container: { image: errandImage, args: ['call', `http://fountain.${namespace}.svc.cluster.local/alive`] } }),
  ],
  symptom: async () => {
    await waitForAge({ of: ['deployment', 'visitor', `--namespace=${namespace}`], seconds: 60 });
    await waitForHealth();
  },
  expectation: { outcome: 'healthy' },
});
