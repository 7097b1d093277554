import type { ConnectivityProbe, ServiceCall } from './evidence.ts';
import type { RawObject } from './example.ts';

/** A Service of namespace shop, by default with one nameless port 80. Its selector is app=<name>. */
export function exampleService(of: {
  readonly name: string;
  readonly namespace?: string;
  readonly clusterIP?: string;
  readonly selector?: { readonly [key: string]: string };
  readonly ports?: readonly RawObject[];
  readonly spec?: RawObject;
  readonly metadata?: RawObject;
  readonly status?: RawObject;
}): RawObject {
  return {
    kind: 'Service',
    metadata: {
      name: of.name,
      namespace: of.namespace ?? 'shop',
      uid: `uid-service-${of.name}`,
      creationTimestamp: '2025-12-01T00:00:00Z',
      ...of.metadata,
    },
    spec: {
      type: 'ClusterIP',
      clusterIP: of.clusterIP ?? '10.96.0.50',
      selector: of.selector ?? { app: of.name },
      ports: of.ports ?? [{ port: 80 }],
      ...of.spec,
    },
    status: { loadBalancer: {}, ...of.status },
  };
}

/** The EndpointSlice of a Service. */
export function exampleSlice(of: {
  readonly service: string;
  readonly namespace?: string;
  readonly port?: RawObject;
  readonly ready?: readonly string[];
  readonly notReady?: readonly string[];
  readonly node?: string;
}): RawObject {
  const endpoint = (address: string, ready: boolean): RawObject => ({
    addresses: [address],
    conditions: { ready },
    ...(of.node === undefined ? {} : { nodeName: of.node }),
  });
  return {
    kind: 'EndpointSlice',
    metadata: { name: `${of.service}-abcde`, namespace: of.namespace ?? 'shop', labels: { 'kubernetes.io/service-name': of.service } },
    addressType: 'IPv4',
    ports: [of.port ?? { port: 80, protocol: 'TCP' }],
    endpoints: [
      ...(of.ready ?? []).map((address) => endpoint(address, true)),
      ...(of.notReady ?? []).map((address) => endpoint(address, false)),
    ],
  };
}

/** An attempt by a pod of namespace shop, or by the node itself where no pod is given. */
export function exampleProbe(of: {
  readonly from?: string;
  readonly node: string;
  readonly host: string;
  readonly port?: number;
  readonly outcome: ConnectivityProbe['outcome'];
  readonly protocol?: ConnectivityProbe['protocol'];
  readonly detail?: string;
}): ConnectivityProbe {
  return {
    from: of.from === undefined ? { kind: 'node', name: of.node } : { kind: 'pod', namespace: 'shop', name: of.from, node: of.node },
    host: of.host,
    port: of.port,
    protocol: of.protocol ?? 'tcp',
    outcome: of.outcome,
    detail: of.detail ?? '',
    at: undefined,
  };
}

/** What `iptables -t nat -S KUBE-SERVICES` prints on a node that serves these service ports ("shop/db:pg"). */
export function exampleRules(
  node: string,
  servicePorts: readonly string[],
): { readonly node: string; readonly command: string; readonly output: string } {
  const rules = servicePorts.map(
    (name, index) =>
      `-A KUBE-SERVICES -d 10.96.7.${index + 1}/32 -p tcp -m comment --comment "${name} cluster IP" -m tcp --dport 80 -j KUBE-SVC-ABCDEFGH${String.fromCharCode(65 + (index % 26))}${index}`,
  );
  return { node, command: 'iptables -t nat -S KUBE-SERVICES', output: ['-N KUBE-SERVICES', ...rules].join('\n') };
}

/** A call between two peers of namespace shop, with figures of now and from before the trouble. */
export function exampleCall(
  caller: string,
  callee: string,
  figures: {
    readonly requests?: readonly [now: number, usual: number];
    readonly errors?: readonly [now: number, usual: number];
    readonly latency?: readonly [now: number, usual: number];
  },
): ServiceCall {
  return {
    caller: { namespace: 'shop', name: caller },
    callee: { namespace: 'shop', name: callee },
    requestsPerSecond: figures.requests?.[0],
    usualRequestsPerSecond: figures.requests?.[1],
    errorShare: figures.errors?.[0],
    usualErrorShare: figures.errors?.[1],
    latencyMilliseconds: figures.latency?.[0],
    usualLatencyMilliseconds: figures.latency?.[1],
  };
}
