import { kubectl } from '../cluster/kubectl.ts';
import { inOwnNamespace, workload } from '../framework/own-namespace.ts';
import { waitForObject } from '../framework/symptoms.ts';

const namespace = 'fulfilment';

interface Budget {
  readonly status?: { readonly expectedPods?: number; readonly currentHealthy?: number; readonly disruptionsAllowed?: number };
}

export const scenario = inOwnNamespace({
  name: 'disruption-budget-forbids-all',
  story: 'The budget wants both replicas of packing at all times; the drain of a node waits for ever.',
  namespace,
  objects: [
    workload('packing', { spec: { replicas: 2 }, pod: { nodeSelector: { 'topology.kubernetes.io/zone': 'north-1b' } } }),
    {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'packing' },
      spec: { minAvailable: '100%', selector: { matchLabels: { app: 'packing' } } },
    },
  ],
  breakThen: async () => {
    await kubectl('rollout', 'status', 'deployment/packing', `--namespace=${namespace}`, '--timeout=60s');
    await kubectl('cordon', 'node-worker-2');
    await kubectl('cordon', 'node-worker-3');
  },
  symptom: () =>
    waitForObject<Budget>({
      what: 'the budget to allow no eviction of two healthy pods',
      of: ['poddisruptionbudget', 'packing', `--namespace=${namespace}`],
      holds: ({ status }) => status?.currentHealthy === 2 && status.disruptionsAllowed === 0,
    }),
  report: {
    alert: 'NodeDrainStuck',
    summary: 'the drain of a node has waited for an eviction of packing for 30 minutes',
    labels: { severity: 'warning', namespace },
  },
  healFirst: async () => {
    await kubectl('uncordon', 'node-worker-2', 'node-worker-3');
  },
  expectation: {
    outcome: 'explained',
    failureMode: 'disruption-budget-never-satisfiable',
    subject: { kind: 'PodDisruptionBudget', name: 'packing' },
  },
});
