import { exampleProbe, exampleRules, exampleService, exampleSlice } from './example-network.ts';
import { crashLooping, exampleDeployment, exampleNode, examplePod } from './example-objects.ts';
import { type ExampleEvidence, minutesAgo, type RawObject, withMetadata } from './example.ts';

const container = { resources: { requests: { memory: '256Mi' }, limits: { memory: '256Mi' } } };

interface Kills {
  /** True: the agent that programs Service rules is killed, and pods on its node suffer. */
  readonly isAgent?: boolean;
  /** True: the machine ran out of memory as well. */
  readonly isMachine?: boolean;
  /** Memory that node-1 gives. Default: 16Gi. */
  readonly allocatable?: string;
  readonly metadata?: RawObject;
}

/** Containers that are killed for memory at their own limit. */
export function nightOfTheKills(of: Kills): ExampleEvidence {
  return of.isAgent === true ? nightOfTheAgent : nightOfTheWorkload(of);
}

function nightOfTheWorkload(of: Kills): ExampleEvidence {
  const { deployment, replicaSet } = exampleDeployment({ name: 'cart', hash: '7f9', container, ready: 0 });
  const pods = ['a', 'b'].map((name) =>
    examplePod({
      name: `cart-7f9-${name}`,
      labels: { 'pod-template-hash': '7f9' },
      isReady: false,
      container,
      status: crashLooping({ exitCode: 137, reason: 'OOMKilled' }),
    }),
  );
  const ranOut = {
    kind: 'Event',
    metadata: { name: 'node-1.oom', namespace: 'default' },
    type: 'Warning',
    reason: 'SystemOOM',
    message: 'System OOM encountered',
    lastTimestamp: minutesAgo(1),
    involvedObject: { kind: 'Node', name: 'node-1', uid: 'uid-node-1' },
  };
  const allocatable = { cpu: '4', memory: of.allocatable ?? '16Gi', pods: '110' };
  return {
    nodes: [exampleNode({ name: 'node-1', status: { allocatable } })],
    deployments: [withMetadata(deployment, of.metadata ?? {})],
    replicasets: [replicaSet],
    pods,
    events: of.isMachine === true ? [ranOut] : [],
  };
}

const proxy = { name: 'kube-proxy', resources: { limits: { memory: '128Mi' } } };

const nightOfTheAgent: ExampleEvidence = {
  events: [],
  nodes: [exampleNode({ name: 'node-1' }), exampleNode({ name: 'node-3' })],
  daemonsets: [
    {
      kind: 'DaemonSet',
      metadata: { name: 'kube-proxy', namespace: 'kube-system', uid: 'uid-kube-proxy' },
      spec: { selector: { matchLabels: { app: 'kube' } }, template: { spec: { containers: [proxy] } } },
    },
  ],
  pods: [
    examplePod({ name: 'pay-1-a', node: 'node-3', isReady: false, status: crashLooping({ exitCode: 1 }) }),
    examplePod({ name: 'pay-1-b', node: 'node-1' }),
    examplePod({ name: 'db-0', node: 'node-1', owner: { kind: 'StatefulSet', name: 'db' }, podStatus: { podIP: '10.244.1.20' } }),
    ...['node-1', 'node-3'].map((node) =>
      examplePod({
        name: `kube-proxy-${node}`,
        namespace: 'kube-system',
        node,
        owner: { kind: 'DaemonSet', name: 'kube-proxy' },
        container: proxy,
        spec: { hostNetwork: true },
        status:
          node === 'node-3'
            ? { restartCount: 3, lastState: { terminated: { reason: 'OOMKilled', exitCode: 137, finishedAt: minutesAgo(6) } } }
            : {},
      }),
    ),
  ],
  services: ['db', 'a', 'b', 'c', 'd'].map((name, index) => exampleService({ name, clusterIP: `10.96.0.${index + 10}` })),
  endpointslices: ['db', 'a', 'b', 'c', 'd'].map((name) => exampleSlice({ service: name, ready: ['10.244.1.20'] })),
  'node-commands': [exampleRules('node-3', ['shop/a']), exampleRules('node-1', ['shop/db', 'shop/a', 'shop/b', 'shop/c', 'shop/d'])],
  'connectivity-probes': [
    exampleProbe({ from: 'pay-1-a', node: 'node-3', host: '10.96.0.10', port: 80, outcome: 'timed-out' }),
    exampleProbe({ from: 'pay-1-a', node: 'node-3', host: '10.244.1.20', port: 80, outcome: 'connected' }),
    exampleProbe({ from: 'pay-1-b', node: 'node-1', host: '10.96.0.10', port: 80, outcome: 'connected' }),
  ],
};
