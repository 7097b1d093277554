import { installGatewayKinds, removeGatewayKinds } from '../framework/gateway-definitions.ts';
import { inOwnNamespace, service, workload } from '../framework/own-namespace.ts';
import { waitForAge } from '../framework/symptoms.ts';

const namespace = 'gift-cards';

export const scenario = inOwnNamespace({
  name: 'route-backend-missing',
  story: 'The Service was renamed from vouchers to gift-vouchers, and the HTTPRoute still sends to the old name.',
  namespace,
  breakFirst: installGatewayKinds,
  objects: [
    workload('gift-vouchers'),
    service('gift-vouchers'),
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
      spec: { gatewayClassName: 'shared', listeners: [{ name: 'http', port: 80, protocol: 'HTTP' }] },
    },
    {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'HTTPRoute',
      metadata: { name: 'gift-cards' },
      spec: { parentRefs: [{ name: 'front' }], rules: [{ backendRefs: [{ name: 'vouchers', port: 80 }] }] },
    },
  ],
  symptom: () => waitForAge({ of: ['httproutes', 'gift-cards', `--namespace=${namespace}`], seconds: 70 }),
  healFirst: removeGatewayKinds,
  expectation: { outcome: 'explained', failureMode: 'gateway-route-not-accepted', subject: { kind: 'HTTPRoute', name: 'gift-cards' } },
});
