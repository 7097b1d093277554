import { inOwnNamespace, service, workload } from '../framework/own-namespace.ts';
import { waitForAge } from '../framework/symptoms.ts';

const namespace = 'storefront-next';

export const scenario = inOwnNamespace({
  name: 'ingress-class-missing',
  story: 'The Ingress names the class of another cluster, so no controller takes it.',
  namespace,
  objects: [
    workload('web'),
    service('web'),
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name: 'web' },
      spec: { ingressClassName: 'nginx-public', defaultBackend: { service: { name: 'web', port: { number: 80 } } } },
    },
  ],
  symptom: () => waitForAge({ of: ['ingress', 'web', `--namespace=${namespace}`], seconds: 310 }),
  expectation: { outcome: 'explained', failureMode: 'ingress-class-missing', subject: { kind: 'Ingress', name: 'web' } },
});
