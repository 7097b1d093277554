import { inOwnNamespace, service, workload } from '../framework/own-namespace.ts';
import { waitForAge } from '../framework/symptoms.ts';

const namespace = 'help-centre';

export const scenario = inOwnNamespace({
  name: 'ingress-backend-missing',
  story: 'The Service was renamed from articles to help-articles, and the Ingress still sends to the old name.',
  namespace,
  objects: [
    { apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass', metadata: { name: 'public' }, spec: { controller: 'example.com/ingress' } },
    workload('help-articles'),
    service('help-articles'),
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name: 'help' },
      spec: {
        ingressClassName: 'public',
        rules: [
          {
            host: 'help.shop.example',
            http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'articles', port: { number: 80 } } } }] },
          },
        ],
      },
    },
  ],
  symptom: () => waitForAge({ of: ['ingress', 'help', `--namespace=${namespace}`], seconds: 20 }),
  expectation: { outcome: 'explained', failureMode: 'ingress-backend-missing', subject: { kind: 'Ingress', name: 'help' } },
});
