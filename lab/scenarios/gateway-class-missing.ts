import { installGatewayKinds, removeGatewayKinds } from '../framework/gateway-definitions.ts';
import { inOwnNamespace, service, workload } from '../framework/own-namespace.ts';
import { waitForAge } from '../framework/symptoms.ts';

const namespace = 'landing-pages';

export const scenario = inOwnNamespace({
  name: 'gateway-class-missing',
  story: 'The Gateway names a class that this cluster does not have, so nobody takes it or its route.',
  namespace,
  breakFirst: installGatewayKinds,
  objects: [
    workload('landing'),
    service('landing'),
    {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'GatewayClass',
      metadata: { name: 'shared' },
      spec: { controllerName: 'example.com/gateway' },
    },
    {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'Gateway',
      metadata: { name: 'front' },
      spec: { gatewayClassName: 'sharde', listeners: [{ name: 'http', port: 80, protocol: 'HTTP' }] },
    },
    {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'HTTPRoute',
      metadata: { name: 'landing' },
      spec: { parentRefs: [{ name: 'front' }], rules: [{ backendRefs: [{ name: 'landing', port: 80 }] }] },
    },
  ],
  symptom: () => waitForAge({ of: ['gateways', 'front', `--namespace=${namespace}`], seconds: 70 }),
  healFirst: removeGatewayKinds,
  expectation: { outcome: 'explained', failureMode: 'gateway-route-not-accepted', subject: { kind: 'Gateway', name: 'front' } },
});
