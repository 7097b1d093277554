import { kubectl } from '../cluster/kubectl.ts';
import { inOwnNamespace, workload } from '../framework/own-namespace.ts';
import { waitForPending } from '../framework/shop.ts';

const namespace = 'batch';
const onOneNode = { nodeSelector: { 'kubernetes.io/hostname': 'node-worker-2' } };
const mostOfIt = { resources: { requests: { cpu: '1400m' } } };

export const scenario = inOwnNamespace({
  name: 'preempted',
  story: 'A pod of higher priority needs the room of node-worker-2 and takes it from nightly work, which finds no other.',
  namespace,
  objects: [
    {
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      metadata: { name: 'before-batch' },
      value: 100_000,
      description: 'what customers wait for',
    },
    workload('nightly', { pod: onOneNode, container: mostOfIt }),
    workload('flash-sale', { pod: { ...onOneNode, priorityClassName: 'before-batch' }, container: mostOfIt, spec: { replicas: 0 } }),
  ],
  breakThen: async () => {
    await kubectl('rollout', 'status', 'deployment/nightly', `--namespace=${namespace}`, '--timeout=60s');
    await kubectl('scale', 'deployment/flash-sale', `--namespace=${namespace}`, '--replicas=1');
  },
  symptom: () => waitForPending({ namespace, label: 'app=nightly', forSeconds: 40 }),
  expectation: { outcome: 'explained', failureMode: 'preempted', subject: { kind: 'Deployment', name: 'nightly' } },
});
