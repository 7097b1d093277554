import type { ExampleEvidence } from './example.ts';
import { crashLooping, examplePod } from './example-objects.ts';

/** What a Go program says whose look-up that server refused. */
export function exampleLookup(server: string): string {
  return `dial tcp: lookup db.shop.svc.cluster.local on ${server}:53: read udp 10.244.1.9:48812->${server}:53: read: connection refused`;
}

/** On node-1 the node's own cache of names crashes, and a replica cannot resolve; its sibling on node-2 is well unless it is named. */
export function exampleDeadCache(of: {
  readonly line: string;
  readonly args?: readonly string[];
  readonly alsoOf?: string;
}): ExampleEvidence {
  const owner = { kind: 'DaemonSet', name: 'node-local-dns' };
  const container = { name: 'node-cache', args: of.args ?? ['-localip', '169.254.20.10'] };
  const cache = { namespace: 'kube-system', owner, container, labels: { 'k8s-app': 'node-local-dns' } };
  const failing = { isReady: false, status: crashLooping({ exitCode: 1 }) };
  return {
    nodes: [],
    pods: [
      examplePod({ ...cache, ...failing, name: 'node-local-dns-a' }),
      examplePod({ ...cache, name: 'node-local-dns-b', node: 'node-2' }),
      examplePod({ name: 'pay-1-a', ...failing }),
      examplePod({ name: 'pay-1-b', node: 'node-2', ...(of.alsoOf === undefined ? {} : failing) }),
    ],
    'container-logs': ['pay-1-a', ...(of.alsoOf === undefined ? [] : [of.alsoOf])].map((pod) => ({
      namespace: 'shop',
      pod,
      container: 'app',
      isPrevious: true,
      text: of.line,
    })),
  };
}

/** Two workloads on two nodes, nothing of the cluster's DNS, and what both say at their end. */
export function exampleLookupsAlone(line: string): ExampleEvidence {
  const names = ['cart-1-a', 'pay-1-a'];
  return {
    pods: names.map((name, index) =>
      examplePod({ name, node: `node-${index + 1}`, isReady: false, status: crashLooping({ exitCode: 1 }) }),
    ),
    'container-logs': names.map((pod) => ({ namespace: 'shop', pod, container: 'app', isPrevious: true, text: line })),
  };
}
