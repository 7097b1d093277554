import { describe, expect, it } from 'vitest';
import { type ExampleEvidence, minutesAgo, snapshotOf } from '../domain/example.ts';
import { exampleProbe, exampleService, exampleSlice } from '../domain/example-network.ts';
import { exampleEvent } from '../domain/example-happenings.ts';
import { crashLooping, exampleDeployment, exampleNode, examplePod, imagePulling } from '../domain/example-objects.ts';
import { exampleClaim, exampleStorageClass } from '../domain/example-storage.ts';
import { assess } from '../reasoning/assess.ts';
import { diagnose } from '../reasoning/diagnose.ts';
import { catalogue } from './index.generated.ts';
import { nobodyAsked } from '../domain/example-question.ts';

type Pod = ReturnType<typeof examplePod>;
const since = (minutes: number): object => ({
  type: 'Ready',
  status: 'False',
  reason: 'ContainersNotReady',
  lastTransitionTime: minutesAgo(minutes),
});
const hash = '5d4f8c7b9';
const pay = exampleDeployment({ name: 'pay', hash, replicas: 2, ready: 0 });
const failing = [`pay-${hash}-a`, `pay-${hash}-b`];

/** One replica of the workload that everybody is paged for; it crashes since six minutes. */
function payPod(name: string, node: string, parts: Partial<Parameters<typeof examplePod>[0]> = {}): Pod {
  return examplePod({
    name,
    node,
    labels: { app: 'pay', 'pod-template-hash': hash },
    isReady: false,
    startedMinutesAgo: 300,
    status: crashLooping({ exitCode: 1 }),
    podStatus: { podIP: `10.244.${node.slice(-1)}.30`, conditions: [since(6), { type: 'PodScheduled', status: 'True' }] },
    ...parts,
  });
}
const revised = (replicaSet: Pod, revision: string): Pod => ({
  ...replicaSet,
  metadata: { ...(replicaSet['metadata'] as object), annotations: { 'deployment.kubernetes.io/revision': revision } },
  spec: {
    ...(replicaSet['spec'] as object),
    template: exampleDeployment({ name: 'pay', container: { image: 'registry.example/app:2' } }).replicaSet['spec'],
  },
});
const bothFail = failing.map((name, index) => payPod(name, `node-${index + 1}`));
const healthySibling = examplePod({ name: failing[1] ?? '', node: 'node-2', labels: { app: 'pay', 'pod-template-hash': hash } });

function databasePod(parts: Partial<Parameters<typeof examplePod>[0]> = {}): Pod {
  return examplePod({
    name: 'db-0',
    owner: { kind: 'StatefulSet', name: 'db' },
    startedMinutesAgo: 3000,
    container: { ports: [{ containerPort: 5432 }] },
    podStatus: { podIP: '10.244.1.20' },
    ...parts,
  });
}
const databaseService = exampleService({ name: 'db', clusterIP: '10.96.45.12', ports: [{ port: 5432 }] });
const readySlice = exampleSlice({ service: 'db', port: { port: 5432 }, ready: ['10.244.1.20'] });
const unreadySlice = exampleSlice({ service: 'db', port: { port: 5432 }, notReady: ['10.244.1.20'] });
const dnsService = exampleService({
  name: 'kube-dns',
  namespace: 'kube-system',
  clusterIP: '10.96.0.10',
  selector: { 'k8s-app': 'kube-dns' },
  ports: [{ port: 53, protocol: 'UDP' }],
});

function logs(text: string, pods: readonly string[] = failing): NonNullable<ExampleEvidence['container-logs']> {
  return pods.map((pod) => ({ namespace: 'shop', pod, container: 'app', isPrevious: true, text: `starting\n${text}` }));
}
const registryTimedOut = 'failed to do request: Head "https://registry.example/v2/app/manifests/1": dial tcp 10.9.9.9:443: i/o timeout';
const refused = logs('FATAL: dial tcp 10.96.45.12:5432: connect: connection refused');
const timedOut = logs('FATAL: dial tcp 10.96.45.12:5432: i/o timeout');

/** Ids of the roots, most believable first, and what is said of the whole. */
function rootsOf(given: ExampleEvidence): { readonly outcome: string; readonly first: string | undefined } {
  const usual: ExampleEvidence = {
    nodes: [exampleNode({ name: 'node-1' }), exampleNode({ name: 'node-2' })],
    events: [],
    services: [databaseService],
    endpointslices: [],
    deployments: [pay.deployment],
    replicasets: [pay.replicaSet],
  };
  const diagnosis = diagnose(assess(nobodyAsked, snapshotOf({ ...usual, ...given })), catalogue);
  return { outcome: diagnosis.outcome, first: diagnosis.hypotheses.find((each) => each.isRoot)?.failureMode };
}

const lostNode = exampleNode({
  name: 'node-1',
  status: {
    conditions: [
      {
        type: 'Ready',
        status: 'Unknown',
        reason: 'NodeStatusUnknown',
        message: 'Kubelet stopped posting node status.',
        lastTransitionTime: minutesAgo(7),
      },
    ],
  },
});
const coreDns = (parts: Partial<Parameters<typeof examplePod>[0]>): Pod =>
  examplePod({ name: 'coredns-1-a', namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' }, ...parts });
const staticPod = (part: string, parts: Partial<Parameters<typeof examplePod>[0]>): Pod =>
  examplePod({
    name: `${part}-cp`,
    namespace: 'kube-system',
    node: 'cp',
    owner: { kind: 'Node', name: 'cp' },
    container: { name: part },
    ...parts,
  });
const idleDatabase = exampleDeployment({ name: 'db', replicas: 0 });
const waitingDatabase = databasePod({
  node: null,
  isReady: false,
  startedMinutesAgo: 9,
  spec: { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data-db-0' } }] },
  podStatus: {
    conditions: [
      {
        type: 'PodScheduled',
        status: 'False',
        reason: 'Unschedulable',
        message: 'pod has unbound immediate PersistentVolumeClaims.',
        lastTransitionTime: minutesAgo(9),
      },
    ],
  },
});
const killedProxy = examplePod({
  name: 'kube-proxy-x',
  namespace: 'kube-system',
  owner: { kind: 'DaemonSet', name: 'kube-proxy' },
  container: { name: 'kube-proxy', resources: { limits: { memory: '64Mi' } } },
  spec: { hostNetwork: true },
  isReady: false,
  status: crashLooping({ exitCode: 137, reason: 'OOMKilled' }),
  podStatus: { conditions: [since(9)] },
});

describe('while payments crash, the root is', () => {
  it.each<[string, string, ExampleEvidence]>([
    [
      'the kubelet under the database',
      'kubelet-stopped',
      {
        nodes: [lostNode, exampleNode({ name: 'node-2' })],
        endpointslices: [unreadySlice],
        'container-logs': timedOut,
        pods: [
          databasePod({ podStatus: { podIP: '10.244.1.20', conditions: [since(7)] } }),
          ...failing.map((name) => payPod(name, 'node-2')),
        ],
      },
    ],
    [
      'the memory of the database',
      'container-exceeds-memory-limit',
      {
        pods: [
          databasePod({
            isReady: false,
            status: crashLooping({ exitCode: 137, reason: 'OOMKilled' }),
            container: { resources: { limits: { memory: '512Mi' } } },
            podStatus: { podIP: '10.244.1.20', conditions: [since(8)] },
          }),
          ...bothFail,
        ],
        endpointslices: [unreadySlice],
        'container-logs': refused,
      },
    ],
    [
      'a database that was scaled to zero',
      'scaled-to-zero',
      {
        pods: bothFail,
        deployments: [pay.deployment, idleDatabase.deployment],
        replicasets: [pay.replicaSet, idleDatabase.replicaSet],
        'container-logs': refused,
      },
    ],
    [
      'a selector that fits no pod',
      'service-selects-no-pods',
      { pods: [databasePod({ labels: { app: 'database' } }), ...bothFail], 'container-logs': refused },
    ],
    [
      'a named port that no container has',
      'service-port-mismatch',
      {
        pods: [databasePod({ container: { ports: [{ name: 'pg', containerPort: 5432 }] } }), ...bothFail],
        'container-logs': refused,
        services: [exampleService({ name: 'db', clusterIP: '10.96.45.12', ports: [{ port: 5432, targetPort: 'postgres' }] })],
      },
    ],
    [
      'a target port on which nothing listens',
      'service-port-mismatch',
      {
        pods: [databasePod(), ...bothFail],
        endpointslices: [exampleSlice({ service: 'db', port: { port: 5433 }, ready: ['10.244.1.20'] })],
        'container-logs': refused,
        services: [exampleService({ name: 'db', clusterIP: '10.96.45.12', ports: [{ port: 5432, targetPort: 5433 }] })],
      },
    ],
    [
      'a policy that lets nobody in',
      'network-policy-blocks',
      {
        pods: [databasePod(), ...bothFail],
        endpointslices: [readySlice],
        'container-logs': timedOut,
        networkpolicies: [
          {
            kind: 'NetworkPolicy',
            metadata: { name: 'deny', namespace: 'shop', creationTimestamp: minutesAgo(7) },
            spec: { podSelector: {}, policyTypes: ['Ingress'] },
          },
        ],
      },
    ],
    [
      'a policy that forgot DNS',
      'network-policy-blocks',
      {
        pods: [coreDns({}), ...bothFail],
        services: [databaseService, dnsService],
        endpointslices: [exampleSlice({ service: 'kube-dns', namespace: 'kube-system', ready: ['10.244.0.2'] })],
        networkpolicies: [
          {
            kind: 'NetworkPolicy',
            metadata: { name: 'out', namespace: 'shop' },
            spec: { podSelector: {}, policyTypes: ['Egress'], egress: [{ ports: [{ port: 5432 }] }] },
          },
        ],
        'container-logs': logs('dial tcp: lookup db on 10.96.0.10:53: read udp 10.244.1.30:3333->10.96.0.10:53: i/o timeout'),
      },
    ],
    [
      'the configuration of DNS',
      'crash-on-start-from-configuration',
      {
        pods: [coreDns({ isReady: false, status: crashLooping({ exitCode: 1 }), podStatus: { conditions: [since(9)] } }), ...bothFail],
        services: [databaseService, dnsService],
        endpointslices: [exampleSlice({ service: 'kube-dns', namespace: 'kube-system', notReady: ['10.244.0.2'] })],
        'container-logs': [
          {
            namespace: 'kube-system',
            pod: 'coredns-1-a',
            container: 'app',
            isPrevious: true,
            text: "/etc/coredns/Corefile:5 - Error during parsing: Unknown directive 'forwrad'",
          },
          ...logs('getaddrinfo EAI_AGAIN db'),
        ],
      },
    ],
    [
      'the storage class of the database',
      'storage-class-missing',
      {
        pods: [waitingDatabase, ...bothFail],
        persistentvolumeclaims: [exampleClaim({ name: 'data-db-0' })],
        persistentvolumes: [],
        storageclasses: [exampleStorageClass({ name: 'faster' })],
        'container-logs': refused,
      },
    ],
    [
      'an address with a slip',
      'service-address-wrong-in-client',
      {
        pods: failing.map((name) => payPod(name, 'node-1', { container: { env: [{ name: 'DB_HOST', value: 'database' }] } })),
        services: [exampleService({ name: 'databases' })],
        'container-logs': logs('Error: getaddrinfo ENOTFOUND database'),
      },
    ],
    [
      'a full table of connections on one node',
      'connection-tracking-full',
      {
        pods: [databasePod(), ...bothFail.slice(0, 1), healthySibling],
        endpointslices: [readySlice],
        'container-logs': timedOut.slice(0, 1),
        'node-commands': [
          { node: 'node-1', command: 'conntrack-count', output: '65536' },
          { node: 'node-1', command: 'conntrack-max', output: '65536' },
          { node: 'node-1', command: 'dmesg', output: '[Sun Mar  1 09:58:00 2026] nf_conntrack: table full, dropping packet' },
        ],
      },
    ],
    [
      'kube-proxy that is killed for memory on one node',
      'kube-proxy-rules-incomplete',
      {
        pods: [killedProxy, databasePod({ node: 'node-2' }), ...bothFail.slice(0, 1), healthySibling],
        endpointslices: [readySlice],
        'container-logs': timedOut.slice(0, 1),
      },
    ],
    [
      'the pod network of one node',
      'cni-broken-on-node',
      {
        pods: [databasePod({ node: 'node-2', podStatus: { podIP: '10.244.2.20' } }), ...bothFail.slice(0, 1), healthySibling],
        endpointslices: [readySlice],
        'container-logs': timedOut.slice(0, 1),
        'connectivity-probes': [
          exampleProbe({ node: 'node-1', host: '10.96.45.12', port: 5432, outcome: 'timed-out' }),
          exampleProbe({ node: 'node-1', host: '10.244.2.20', port: 5432, outcome: 'timed-out' }),
          exampleProbe({ node: 'node-2', host: '10.96.45.12', port: 5432, outcome: 'connected' }),
        ],
      },
    ],
    [
      'an etcd that is slow, for which a controller of the control plane loses its lease',
      'etcd-unhealthy',
      {
        pods: [staticPod('etcd', {}), staticPod('kube-controller-manager', { isReady: false, status: crashLooping({ exitCode: 1 }) })],
        'container-logs': [
          {
            namespace: 'kube-system',
            pod: 'etcd-cp',
            container: 'etcd',
            text: `${minutesAgo(1)} {"level":"warn","msg":"slow fdatasync","took":"2.3s"}\n`.repeat(12),
          },
          {
            namespace: 'kube-system',
            pod: 'kube-controller-manager-cp',
            container: 'kube-controller-manager',
            isPrevious: true,
            text: 'error retrieving resource lock kube-system/kube-controller-manager: etcdserver: request timed out',
          },
        ],
      },
    ],
    [
      'a registry that one node does not reach, although replicas elsewhere are well',
      'registry-unreachable',
      {
        pods: [
          ...['a', 'b'].map((name) =>
            payPod(`pay-${hash}-${name}`, 'node-1', { phase: 'Pending', status: imagePulling(registryTimedOut) }),
          ),
          ...['c', 'd'].map((name) =>
            examplePod({ name: `pay-${hash}-${name}`, node: 'node-2', labels: { app: 'pay', 'pod-template-hash': hash } }),
          ),
        ],
      },
    ],
    [
      'a network agent that fails on the node where one pod gets no network',
      'cni-broken-on-node',
      {
        pods: [
          payPod(`pay-${hash}-a`, 'node-1', { phase: 'Pending', podStatus: { containerStatuses: [] } }),
          healthySibling,
          examplePod({
            name: 'calico-node-x',
            namespace: 'kube-system',
            owner: { kind: 'DaemonSet', name: 'calico-node' },
            container: { name: 'calico-node' },
            isReady: false,
            startedMinutesAgo: 300,
            spec: { hostNetwork: true },
          }),
        ],
        events: [
          exampleEvent({
            about: { kind: 'Pod', name: `pay-${hash}-a` },
            reason: 'FailedCreatePodSandBox',
            message:
              'failed to setup network for sandbox "1f": plugin type="calico" failed (add): stat /var/lib/calico/nodename: no such file',
          }),
        ],
      },
    ],
    [
      'a password that is not accepted',
      'dependency-rejects-credentials',
      {
        pods: [databasePod(), ...bothFail],
        endpointslices: [readySlice],
        'container-logs': logs('pq: password authentication failed for user "pay"'),
      },
    ],
    [
      'a database outside the cluster',
      'dependency-refuses-connections',
      { pods: bothFail, services: [], 'container-logs': logs('FATAL: dial tcp 192.0.2.7:5432: connect: connection refused') },
    ],
  ])('%s', (_what, expected, given) => {
    expect(rootsOf(given)).toEqual({ outcome: 'explained', first: expected });
  });

  it.each([
    ['DaemonSet', 'cannot-tell'],
    ['ReplicaSet', 'explained'],
  ])('a new revision on a node where otherwise a pod of a %s is well', (kind, expected) => {
    const { outcome } = rootsOf({
      pods: [
        examplePod({ name: 'pay-old-a', labels: { app: 'pay', 'pod-template-hash': 'old' }, startedMinutesAgo: 9000 }),
        payPod(`pay-${hash}-a`, 'node-2'),
        examplePod({ name: 'agent-x', node: 'node-2', owner: { kind, name: 'agent' } }),
      ],
      replicasets: [exampleDeployment({ name: 'pay', hash: 'old' }).replicaSet, revised(pay.replicaSet, '2')],
    });
    expect(outcome).toBe(expected);
  });

  it.each([
    ['the same', 'Error: ENOSPC: no space left on device, watch', 'explained'],
    ['its own trouble', 'KeyError: STOCK_URL', 'cannot-tell'],
  ])('the node, where two workloads fail on it alone and each complains of %s', (_what, other, expected) => {
    const stock = (name: string, node: string, parts: object): Pod =>
      examplePod({ name: `stock-1-${name}`, node, labels: { app: 'stock', 'pod-template-hash': '1' }, startedMinutesAgo: 300, ...parts });
    const { outcome } = rootsOf({
      pods: [
        ...bothFail.slice(0, 1),
        healthySibling,
        stock('a', 'node-1', { isReady: false, status: crashLooping({ exitCode: 1 }) }),
        stock('b', 'node-2', {}),
      ],
      'container-logs': [...logs('watch: no space left on device', failing.slice(0, 1)), ...logs(other, ['stock-1-a'])],
    });
    expect(outcome).toBe(expected);
  });

  it('not told apart where logs of one node alone speak of a Service', () => {
    const { outcome } = rootsOf({
      pods: [databasePod({ node: 'node-2' }), ...bothFail.slice(0, 1), healthySibling],
      endpointslices: [readySlice],
      'container-logs': timedOut.slice(0, 1),
    });
    expect(outcome).toBe('cannot-tell');
  });
});

it('a cluster with everyday noise is healthy', () => {
  const cordoned = exampleNode({
    name: 'node-2',
    spec: { unschedulable: true, taints: [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule', timeAdded: minutesAgo(9000) }] },
  });
  const proxy = examplePod({
    name: 'kube-proxy-x',
    namespace: 'kube-system',
    owner: { kind: 'DaemonSet', name: 'kube-proxy' },
    container: { name: 'kube-proxy' },
    spec: { hostNetwork: true },
    status: { restartCount: 3, lastState: { terminated: { exitCode: 137, reason: 'OOMKilled', finishedAt: minutesAgo(40_000) } } },
  });
  const given: ExampleEvidence = {
    nodes: [exampleNode({ name: 'node-1' }), cordoned],
    pods: [databasePod(), proxy],
    deployments: [],
    replicasets: [],
    services: [
      databaseService,
      exampleService({ name: 'monitoring-etcd', namespace: 'kube-system', clusterIP: 'None', selector: { component: 'etcd' } }),
    ],
    endpointslices: [readySlice],
    persistentvolumeclaims: [exampleClaim({ name: 'spare' })],
    persistentvolumes: [],
    storageclasses: [exampleStorageClass({ fields: { volumeBindingMode: 'WaitForFirstConsumer' } })],
    networkpolicies: [
      { kind: 'NetworkPolicy', metadata: { name: 'deny', namespace: 'shop' }, spec: { podSelector: {}, policyTypes: ['Ingress'] } },
    ],
    leases: [],
    events: [
      exampleEvent({
        about: { kind: 'Node', name: 'node-1' },
        reason: 'Rebooted',
        message: 'Node node-1 has been rebooted',
        minutesAgo: 20,
      }),
      exampleEvent({
        about: { kind: 'Pod', name: 'db-0' },
        reason: 'FailedMount',
        message: 'MountVolume.SetUp failed for volume "data" : rpc error',
        minutesAgo: 3,
      }),
    ],
    'container-logs': [
      { namespace: 'shop', pod: 'db-0', container: 'app', text: 'dial tcp 10.96.0.9:80: connect: connection refused\n'.repeat(5) },
    ],
  };
  expect(rootsOf(given).outcome).toBe('healthy');
});
