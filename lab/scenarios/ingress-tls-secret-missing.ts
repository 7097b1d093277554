import { inOwnNamespace, service, workload } from '../framework/own-namespace.ts';
import { waitForAge } from '../framework/symptoms.ts';

const namespace = 'accounts';

export const scenario = inOwnNamespace({
  name: 'ingress-tls-secret-missing',
  story: 'The certificate of the login page was never issued: the Secret that the Ingress names is not there.',
  namespace,
  objects: [
    { apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass', metadata: { name: 'public' }, spec: { controller: 'example.com/ingress' } },
    workload('login'),
    service('login'),
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name: 'login' },
      spec: {
        ingressClassName: 'public',
        tls: [{ hosts: ['login.shop.example'], secretName: 'login-certificate' }],
        rules: [
          {
            host: 'login.shop.example',
            http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'login', port: { number: 80 } } } }] },
          },
        ],
      },
    },
  ],
  symptom: () => waitForAge({ of: ['ingress', 'login', `--namespace=${namespace}`], seconds: 20 }),
  expectation: { outcome: 'explained', failureMode: 'ingress-tls-secret-missing', subject: { kind: 'Ingress', name: 'login' } },
});
