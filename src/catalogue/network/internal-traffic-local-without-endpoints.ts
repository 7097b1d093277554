import { citeObject, claim, claimFromAll } from '../../domain/citation.ts';
import { type DependencyTrouble, dependencyTroubles, distinct } from '../../domain/dependency-trouble.ts';
import { endpointCitation } from '../../domain/endpoint-citation.ts';
import type { ExampleEvidence } from '../../domain/example.ts';
import { exampleService, exampleSlice } from '../../domain/example-network.ts';
import { crashLooping, examplePod } from '../../domain/example-objects.ts';
import { defineFailureMode, type Finding } from '../../domain/failure-mode.ts';
import type { Replicas } from '../../domain/replica.ts';
import { healthyTwins } from '../../domain/replica-place.ts';
import { servingNodes } from '../../domain/serving-nodes.ts';
import { subject } from '../../domain/subject.ts';

/** The node separates those who fail, and yet nothing is wrong with it: the Service is told to serve each node from itself. */
export const internalTrafficLocalWithoutEndpoints = defineFailureMode({
  id: 'internal-traffic-local-without-endpoints',
  title: 'Pods call a Service that only serves nodes with an endpoint of their own',
  role: 'cause',
  explanation: {
    whatItIs:
      'With internalTrafficPolicy Local a pod reaches only endpoints on its own node, and on this node there is none, although there are elsewhere.',
    howItLooks: 'Pods on some nodes time out at the Service, and on the nodes that run its endpoints the same pods are well.',
    whyItHappens:
      'The policy was meant for an agent on every node and the Service is served by a few replicas, or the agent is missing on some nodes.',
    whatStopsTheBleeding: 'Set internalTrafficPolicy to Cluster.',
    whatFixesIt: 'Run the endpoints as a DaemonSet on every node that calls them, or leave the policy at Cluster.',
    howToPreventIt: 'Keep the policy Local for DaemonSets only, and alert where one of them is not on every node.',
  },
  sources: [
    'https://kubernetes.io/docs/concepts/services-networking/service-traffic-policy/',
    'https://kubernetes.io/docs/reference/networking/virtual-ips/#internal-traffic-policy',
  ],
  needs: ['service-backends', 'replicas', 'log-clues'],
  helpedBy: ['connectivity-probes', 'nodes', 'judged-alert'],
  explains: [
    'dependency-times-out',
    'dependency-refuses-connections',
    'kube-proxy-rules-incomplete',
    'cni-broken-on-node',
    'degraded-node-link',
    'liveness-probe-misconfigured',
    'readiness-probe-misconfigured',
    'startup-probe-too-short',
    'init-container-blocked',
    'bad-revision',
  ],
  mitigations: [],
  recognise: (facts) =>
    dependencyTroubles(['connection-timed-out', 'connection-refused', 'no-route', 'connection-reset'], facts).flatMap((trouble) =>
      findingFor(trouble, facts.replicas),
    ),
  recognises: [
    {
      story: 'Collectors run on node-1; the replica on node-2 cannot reach them and crashes, its sibling on node-1 is well.',
      given: world({ policy: 'Local', failsOn: 'node-2' }),
      finds: [{ kind: 'Service', namespace: 'shop', name: 'collector' }],
    },
  ],
  isNotFooledBy: [
    { story: 'The Service serves every node from everywhere.', given: world({ policy: 'Cluster', failsOn: 'node-2' }) },
    { story: 'The replica that fails stands beside an endpoint.', given: world({ policy: 'Local', failsOn: 'node-1' }) },
  ],
});

function findingFor({ backend, replicas: complaining, clues }: DependencyTrouble, replicas: Replicas): readonly Finding[] {
  if (backend?.service.spec.internalTrafficPolicy !== 'Local') return [];
  const serving = servingNodes(backend);
  const isServed = (node: string | undefined): boolean => node === undefined || serving.has(node);
  // Who complains beside an endpoint has another reason, which then may be that of all.
  if (serving.size === 0 || complaining.some(({ pod }) => isServed(pod.spec.nodeName))) return [];
  const { metadata } = backend.service;
  const own = subject('Service', metadata.namespace, metadata.name);
  const without = [...new Set(complaining.flatMap(({ pod }) => pod.spec.nodeName ?? []))].toSorted();
  const served = healthyTwins(complaining, replicas).filter(({ pod }) => isServed(pod.spec.nodeName));
  const others = claimFromAll(
    'Replicas of the same workloads beside an endpoint are healthy.',
    served.slice(0, 3).map(({ pod }) => citeObject(pod, `Ready on ${pod.spec.nodeName ?? '?'}`)),
  );
  const since = complaining.flatMap(({ failingSince }) => failingSince ?? []);
  return [
    {
      subject: own,
      weight: 'conclusive',
      because: [
        claim(
          `${without.join(', ')} ${without.length === 1 ? 'has' : 'have'} no endpoint of Service ${metadata.name}, and with internalTrafficPolicy Local pods there reach none: "${clues[0].line}".`,
          citeObject(backend.service, 'internalTrafficPolicy: Local'),
          ...clues.slice(0, 3).map(({ citation }) => citation),
        ),
        claim(
          `Endpoints run on ${[...serving].toSorted().slice(0, 6).join(', ')}.`,
          endpointCitation(backend, `${serving.size} nodes with a ready endpoint`),
        ),
        ...(others === undefined ? [] : [others]),
      ],
      ...(since.length === 0 ? {} : { since: Math.min(...since) }),
      affects: [
        own,
        ...distinct(complaining.map(({ workload }) => workload)),
        ...complaining.map(({ pod }) => subject('Pod', pod.metadata.namespace, pod.metadata.name)),
      ],
    },
  ];
}

function world({ policy, failsOn }: { readonly policy: string; readonly failsOn: string }): ExampleEvidence {
  const client = (node: string): ReturnType<typeof examplePod> =>
    examplePod({
      name: `cart-1-${node}`,
      node,
      ...(node === failsOn ? { isReady: false, status: crashLooping({ exitCode: 1 }) } : { startedMinutesAgo: 600 }),
    });
  return {
    pods: [examplePod({ name: 'collector-1-a', startedMinutesAgo: 600 }), client('node-1'), client('node-2')],
    services: [exampleService({ name: 'collector', clusterIP: '10.96.4.17', spec: { internalTrafficPolicy: policy } })],
    endpointslices: [exampleSlice({ service: 'collector', ready: ['10.244.1.10'], node: 'node-1' })],
    'container-logs': [
      {
        namespace: 'shop',
        pod: `cart-1-${failsOn}`,
        container: 'app',
        isPrevious: true,
        text: 'FATAL: dial tcp 10.96.4.17:80: i/o timeout',
      },
    ],
  };
}
