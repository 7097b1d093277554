import { type Citation, citeObject } from '../../domain/citation.ts';
import { citeEnd, crashedContainers } from '../../domain/container-evidence.ts';
import { crashLooping, exampleNode, examplePod, exampleUnscheduled } from '../../domain/example-objects.ts';
import { defineFailureMode } from '../../domain/failure-mode.ts';
import type { Pod } from '../../domain/kubernetes/pod.ts';
import type { LogClue } from '../../domain/log-clue.ts';
import type { Replicas } from '../../domain/replica.ts';
import { byWorkload, claimOfAll, countOf, findingOf, type Sighting } from '../../domain/sightings.ts';
import { waitingBecause } from '../../domain/unscheduled.ts';

const bindFails = {
  namespace: 'shop',
  pod: 'cache-a',
  container: 'app',
  isPrevious: true,
  text: 'listen tcp 169.254.20.10:53: bind: address already in use',
};

/** The pod wants a port of its node that another pod, or a process of the node itself, has. */
export const hostPortTaken = defineFailureMode({
  id: 'host-port-taken',
  title: 'The host port that the pod wants is taken',
  role: 'cause',
  explanation: {
    whatItIs: 'A hostPort can be used once per node and protocol; on each node that is open to the pod another pod has it.',
    howItLooks: 'Pending, with "didn\'t have free ports for the requested pod ports"; or Failed with the reason NodePorts.',
    whyItHappens: 'More replicas than nodes, two workloads with the same hostPort, or a rollout that wants the new pod beside the old one.',
    whatStopsTheBleeding: 'Scale to as many replicas as there are nodes, or take the other owner of the port away.',
    whatFixesIt: 'Use a Service instead of a hostPort, or give each workload a port of its own; let rollouts replace instead of surge.',
    howToPreventIt: 'Keep a list of host ports, or forbid them by policy.',
  },
  sources: [
    'https://kubernetes.io/docs/concepts/configuration/overview/#services',
    'https://kubernetes.io/docs/concepts/scheduling-eviction/kube-scheduler/',
  ],
  needs: ['replicas'],
  helpedBy: ['scheduling', 'nodes', 'events', 'log-clues'],
  explains: ['bad-revision', 'dns-failing'],
  mitigations: ['roll-back-workload'],

  recognise(facts) {
    const waiting: readonly Sighting[] = waitingBecause('host-port', facts);
    const refused = facts.replicas.failing
      .filter(({ pod }) => pod.status.phase === 'Failed' && pod.status.reason === 'NodePorts')
      .map((replica): Sighting => {
        const citations: readonly [Citation] = [citeObject(replica.pod, `status.reason: NodePorts: ${replica.pod.status.message ?? ''}`)];
        return { replica, citations };
      });
    return [
      ...byWorkload([...waiting, ...refused]).map((group) => {
        const ports = [...new Set(portsOf(group[0].replica.pod))];
        return findingOf(group, {
          weight: 'strong',
          because: [
            claimOfAll(
              `${countOf(group)} of ${group[0].replica.workload.name} find no node with host port ${ports.join(', ') || 'that they want'} free.`,
              group,
            ),
          ],
        });
      }),
      ...byWorkload(refusedByNode(facts)).map((group) =>
        findingOf(group, {
          weight: 'strong',
          because: [
            claimOfAll(
              `${countOf(group)} of ${group[0].replica.workload.name} on the network of ${group[0].replica.pod.spec.nodeName ?? 'its node'} ends because another process there has port ${group[0].port ?? 'that it wants'}.`,
              group,
            ),
          ],
          wouldSettle: [`ss -ltnup on ${group[0].replica.pod.spec.nodeName ?? 'the node'}`],
        }),
      ),
    ];
  },

  recognises: [
    {
      story: 'The second replica wants the same port of the only node.',
      given: {
        nodes: [exampleNode({ name: 'node-1' })],
        pods: [
          examplePod({ name: 'cart-7f9-b', labels: { 'pod-template-hash': '7f9' }, container: withPort() }),
          exampleUnscheduled({
            message: "0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod ports.",
            container: withPort(),
          }),
        ],
      },
      finds: [{ kind: 'Deployment', namespace: 'shop', name: 'cart' }],
    },
    {
      story: 'A pod on the network of its node ends because another process of the node has its port.',
      given: { pods: [onHost(true)], 'container-logs': [bindFails] },
      finds: [{ kind: 'DaemonSet', namespace: 'shop', name: 'cache' }],
    },
  ],
  isNotFooledBy: [
    { story: 'The same words from a pod with a network of its own.', given: { pods: [onHost(false)], 'container-logs': [bindFails] } },
    {
      story: 'One replica per node.',
      given: { nodes: [exampleNode({ name: 'node-1' })], pods: [examplePod({ name: 'cart-7f9-b', container: withPort() })] },
    },
    {
      story: 'It waits for room.',
      given: {
        nodes: [exampleNode({ name: 'node-1' })],
        pods: [
          exampleUnscheduled({
            message: '0/1 nodes are available: 1 Insufficient cpu.',
            container: { ...withPort(), resources: { requests: { cpu: '9' } } },
          }),
        ],
      },
    },
  ],
});

interface Bound extends Sighting {
  readonly port: number | undefined;
}

/** Pods on the network of their node that end because they cannot have a port of it. */
function refusedByNode(facts: { readonly replicas: Replicas; readonly 'log-clues': readonly LogClue[] | undefined }): readonly Bound[] {
  return facts.replicas.failing
    .filter(({ pod }) => pod.spec.hostNetwork === true && pod.spec.containers.length === 1)
    .flatMap((replica) =>
      crashedContainers(replica).flatMap(({ container }): readonly Bound[] => {
        const clue = facts['log-clues']?.find(
          (each) => each.kind === 'port-in-use' && each.replica === replica && each.container === container && each.isNearEnd,
        );
        return clue === undefined ? [] : [{ replica, port: clue.port, citations: [clue.citation, citeEnd(replica.pod, container)] }];
      }),
    );
}

function portsOf(pod: Pod): readonly number[] {
  return pod.spec.containers.flatMap((container) =>
    container.ports.flatMap((port) => port.hostPort ?? (pod.spec.hostNetwork === true ? (port.containerPort ?? []) : [])),
  );
}

function onHost(hostNetwork: boolean): ReturnType<typeof examplePod> {
  return examplePod({
    name: 'cache-a',
    owner: { kind: 'DaemonSet', name: 'cache' },
    isReady: false,
    status: crashLooping({ exitCode: 1 }),
    spec: { hostNetwork },
  });
}

function withPort(): { readonly ports: readonly object[] } {
  return { ports: [{ containerPort: 8080, hostPort: 80 }] };
}
