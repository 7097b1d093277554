import { kubectl } from '../cluster/kubectl.ts';
import { inOwnNamespace, workload } from '../framework/own-namespace.ts';

const namespace = 'checkout-next';

export const scenario = inOwnNamespace({
  name: 'rollout-paused',
  story: 'A rollout was paused to look at something; the security fix that came after it has reached nobody.',
  namespace,
  objects: [workload('basket-api', { spec: { replicas: 2 } })],
  breakThen: async () => {
    const target = ['deployment/basket-api', `--namespace=${namespace}`];
    await kubectl('rollout', 'status', ...target, '--timeout=60s');
    await kubectl('rollout', 'pause', ...target);
    await kubectl('set', 'env', ...target, 'FIX=2026-11');
  },
  report: {
    alert: 'ReleaseNotLive',
    summary: 'the newest release of basket-api has not arrived 30 minutes after its deployment',
    labels: { severity: 'warning', namespace, deployment: 'basket-api' },
  },
  expectation: { outcome: 'explained', failureMode: 'rollout-paused', subject: { kind: 'Deployment', name: 'basket-api' } },
});
