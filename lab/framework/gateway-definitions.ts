import { applyObjects, kubectl } from '../cluster/kubectl.ts';
import type { Manifest } from './own-namespace.ts';

const group = 'gateway.networking.k8s.io';

/**
 * Makes the API server know the three kinds of the Gateway API that matter here, with schemas that leave their fields open:
 * no controller of the lab reads them, and Stanch reads what people wrote.
 */
export async function installGatewayKinds(): Promise<void> {
  await applyObjects([
    definition('GatewayClass', 'gatewayclasses', 'Cluster'),
    definition('Gateway', 'gateways'),
    definition('HTTPRoute', 'httproutes'),
  ]);
  for (const plural of ['gatewayclasses', 'gateways', 'httproutes'])
    await kubectl('wait', '--for=condition=Established', `customresourcedefinition/${plural}.${group}`, '--timeout=60s');
}

/** A class that the cluster has, and a Gateway that names one, which need not be that. */
export function frontGateway({ className, named }: { readonly className: string; readonly named: string }): readonly Manifest[] {
  return [
    { apiVersion: `${group}/v1`, kind: 'GatewayClass', metadata: { name: className }, spec: { controllerName: 'example.com/gateway' } },
    {
      apiVersion: `${group}/v1`,
      kind: 'Gateway',
      metadata: { name: 'front' },
      spec: { gatewayClassName: named, listeners: [{ name: 'http', port: 80, protocol: 'HTTP' }] },
    },
  ];
}

/** A route of that Gateway to port 80 of a Service. */
export function frontRoute(name: string, backend: string): Manifest {
  return {
    apiVersion: `${group}/v1`,
    kind: 'HTTPRoute',
    metadata: { name },
    spec: { parentRefs: [{ name: 'front' }], rules: [{ backendRefs: [{ name: backend, port: 80 }] }] },
  };
}

export async function removeGatewayKinds(): Promise<void> {
  for (const plural of ['gatewayclasses', 'gateways', 'httproutes'])
    await kubectl('delete', 'customresourcedefinition', `${plural}.${group}`, '--ignore-not-found');
}

function definition(kind: string, plural: string, scope = 'Namespaced'): object {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name: `${plural}.${group}`,
      annotations: { 'api-approved.kubernetes.io': 'https://github.com/kubernetes-sigs/gateway-api/pull/2997' },
    },
    spec: {
      group,
      scope,
      names: { kind, plural, singular: kind.toLowerCase() },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          subresources: { status: {} },
          schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
        },
      ],
    },
  };
}
