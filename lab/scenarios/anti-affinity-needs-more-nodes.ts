import { inOwnNamespace, workload } from '../framework/own-namespace.ts';
import { waitForPending } from '../framework/shop.ts';

const namespace = 'consensus';
const apart = { labelSelector: { matchLabels: { app: 'quorum' } }, topologyKey: 'kubernetes.io/hostname' };

export const scenario = inOwnNamespace({
  name: 'anti-affinity-needs-more-nodes',
  story: 'No two of its replicas may share a node, and it was scaled to one more than there are nodes.',
  namespace,
  objects: [
    workload('quorum', {
      pod: { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [apart] } } },
      spec: { replicas: 4 },
    }),
  ],
  symptom: () => waitForPending({ namespace, label: 'app=quorum', forSeconds: 40 }),
  expectation: { outcome: 'explained', failureMode: 'anti-affinity-cannot-be-met', subject: { kind: 'Deployment', name: 'quorum' } },
});
