import { at, endpointSlice, lastWeek, longAgo, metadata, node, pod, type PodOptions, type Raw, service } from './objects.ts';

export const workers = ['node-worker-1', 'node-worker-2', 'node-worker-3'] as const;

/** Three workers in two zones, so that the zone of the bad node also holds a good one. */
export function nodes(): readonly Raw[] {
  return [
    node('node-control-1', 'zone-a', { address: '172.20.0.10', podCidr: '10.244.0.0/24', role: 'node-role.kubernetes.io/control-plane' }),
    node('node-worker-1', 'zone-a', { address: '172.20.0.11', podCidr: '10.244.1.0/24' }),
    node('node-worker-2', 'zone-b', { address: '172.20.0.12', podCidr: '10.244.2.0/24' }),
    node('node-worker-3', 'zone-a', { address: '172.20.0.13', podCidr: '10.244.3.0/24' }),
  ];
}

const proxyContainer = {
  name: 'kube-proxy',
  image: 'registry.k8s.example/kube-proxy:v1.34.1',
  resources: { requests: { cpu: '100m', memory: '64Mi' }, limits: { memory: '128Mi' } },
  command: ['/usr/local/bin/kube-proxy', '--config=/var/lib/kube-proxy/config.conf'],
};

/** kube-proxy as the DaemonSet that it is in most clusters, with the memory limit that nobody has touched since. */
export function kubeProxy(killedOn: { readonly [node: string]: NonNullable<PodOptions['recovered']> }): readonly Raw[] {
  const template = {
    metadata: { labels: { 'k8s-app': 'kube-proxy' } },
    spec: {
      hostNetwork: true,
      priorityClassName: 'system-node-critical',
      containers: [proxyContainer],
      tolerations: [{ operator: 'Exists' }],
    },
  };
  const all = ['node-control-1', ...workers];
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: metadata({ name: 'kube-proxy', namespace: 'kube-system', created: longAgo, labels: { 'k8s-app': 'kube-proxy' } }),
      spec: { selector: { matchLabels: { 'k8s-app': 'kube-proxy' } }, template },
      status: {
        desiredNumberScheduled: all.length,
        currentNumberScheduled: all.length,
        numberReady: all.length,
        numberAvailable: all.length,
        updatedNumberScheduled: all.length,
        numberMisscheduled: 0,
      },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'ControllerRevision',
      metadata: metadata({
        name: 'kube-proxy-84f6d9c7b',
        namespace: 'kube-system',
        created: longAgo,
        labels: { 'k8s-app': 'kube-proxy', 'controller-revision-hash': '84f6d9c7b' },
        owner: { kind: 'DaemonSet', name: 'kube-proxy' },
      }),
      revision: 1,
      data: { spec: { template } },
    },
    ...all.map((name, index) =>
      pod({
        name: `kube-proxy-${['k7d2x', 'b9w4m', 'h5t8q', 'p3n6z'][index]}`,
        namespace: 'kube-system',
        node: name,
        address: `172.20.0.1${index}`,
        created: '2026-08-20T11:00:00Z',
        owner: { kind: 'DaemonSet', name: 'kube-proxy' },
        labels: { 'k8s-app': 'kube-proxy', 'controller-revision-hash': '84f6d9c7b' },
        container: proxyContainer,
        imageId: `registry.k8s.example/kube-proxy@sha256:${'d4'.repeat(32)}`,
        spec: { hostNetwork: true, tolerations: [{ operator: 'Exists' }] },
        ...(killedOn[name] === undefined ? {} : { recovered: killedOn[name] }),
      }),
    ),
  ];
}

interface SmallWorkload {
  readonly name: string;
  readonly namespace: string;
  readonly hash: string;
  readonly on: readonly string[];
  readonly port: number;
  readonly clusterIp: string;
}

/** Neighbours that run as they should; one of them has a replica on the bad node whose connections are old and live on. */
const neighbours: readonly SmallWorkload[] = [
  {
    name: 'coredns',
    namespace: 'kube-system',
    hash: '76f75df574',
    on: ['node-worker-1', 'node-worker-2'],
    port: 53,
    clusterIp: '10.96.0.10',
  },
  { name: 'checkout', namespace: 'shop', hash: '5b7c9d8f6', on: ['node-worker-1', 'node-worker-2'], port: 8080, clusterIp: '10.96.12.81' },
  { name: 'catalog', namespace: 'shop', hash: '69d5c4b7f', on: ['node-worker-2', 'node-worker-3'], port: 8080, clusterIp: '10.96.12.82' },
];

export function neighbourhood(): readonly Raw[] {
  return neighbours.flatMap((workload, at) => {
    const { name, namespace, hash } = workload;
    const image = `registry.example/${namespace}/${name}:1.8.0`;
    const container = {
      name,
      image,
      ports: [{ containerPort: workload.port, protocol: 'TCP' }],
      resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '256Mi' } },
    };
    const template = { metadata: { labels: { app: name } }, spec: { containers: [container] } };
    const created = '2026-10-21T09:00:00Z';
    const addresses = workload.on.map((host, index) => ({
      ip: `10.244.${host.slice(-1)}.${40 + at * 10 + index}`,
      node: host,
      pod: `${name}-${hash}-${['c4v8n', 'j2k7s'][index]}`,
    }));
    return [
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: metadata({ name, namespace, created: longAgo, annotations: { 'deployment.kubernetes.io/revision': '3' } }),
        spec: { replicas: 2, selector: { matchLabels: { app: name } }, template },
        status: {
          replicas: 2,
          updatedReplicas: 2,
          readyReplicas: 2,
          availableReplicas: 2,
          conditions: [{ type: 'Available', status: 'True', reason: 'MinimumReplicasAvailable' }],
        },
      },
      {
        apiVersion: 'apps/v1',
        kind: 'ReplicaSet',
        metadata: metadata({
          name: `${name}-${hash}`,
          namespace,
          created,
          labels: { app: name, 'pod-template-hash': hash },
          annotations: { 'deployment.kubernetes.io/revision': '3' },
          owner: { kind: 'Deployment', name },
        }),
        spec: { replicas: 2, selector: { matchLabels: { app: name, 'pod-template-hash': hash } }, template },
        status: { replicas: 2, readyReplicas: 2 },
      },
      ...addresses.map((address) =>
        pod({
          name: address.pod,
          namespace,
          node: address.node,
          address: address.ip,
          created,
          owner: { kind: 'ReplicaSet', name: `${name}-${hash}` },
          labels: { app: name, 'pod-template-hash': hash },
          container,
          imageId: `registry.example/${namespace}/${name}@sha256:${'e5'.repeat(32)}`,
        }),
      ),
      service(name === 'coredns' ? 'kube-dns' : name, namespace, {
        clusterIp: workload.clusterIp,
        port: workload.port,
        selector: { app: name },
        created: longAgo,
      }),
      endpointSlice(name === 'coredns' ? 'kube-dns' : name, namespace, { addresses, port: workload.port, created: longAgo }),
    ];
  });
}

/**
 * Services that exist for their number: each adds rules to every node. The newest forty came last week, in one batch.
 * Their endpoints are kept by hand, so that the recording needs no pods for them.
 */
export function manyServices(counts: { readonly before: number; readonly lastWeek: number }): readonly Raw[] {
  return Array.from({ length: counts.before + counts.lastWeek }, (_each, index) => {
    const isNew = index >= counts.before;
    const name = isNew ? `onboarded-${String(index - counts.before + 1).padStart(2, '0')}` : `svc-${String(index + 1).padStart(3, '0')}`;
    const namespace = isNew ? 'platform-apps' : `team-${String(index % 12).padStart(2, '0')}`;
    const created = isNew ? at('14:20:00', lastWeek) : '2026-07-11T10:00:00Z';
    const high = 100 + Math.floor(index / 200);
    return [
      service(name, namespace, {
        clusterIp: `10.96.${high}.${(index % 200) + 10}`,
        port: 80,
        targetPort: 8080,
        selector: { app: name },
        created,
      }),
      endpointSlice(name, namespace, { addresses: [{ ip: `10.60.${high}.${(index % 200) + 10}` }], port: 8080, created }),
    ];
  }).flat();
}

export function namespaces(names: readonly string[]): readonly Raw[] {
  return names.map((name) => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: metadata({ name, created: longAgo }),
    status: { phase: 'Active' },
  }));
}
