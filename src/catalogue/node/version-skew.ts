import { type Citation, citeObject, claim } from '../../domain/citation.ts';
import type { Collection } from '../../domain/collection.ts';
import type { ExampleEvidence } from '../../domain/example.ts';
import { exampleNode, examplePod } from '../../domain/example-objects.ts';
import { defineFailureMode, type Finding } from '../../domain/failure-mode.ts';
import type { Instant } from '../../domain/instant.ts';
import type { Node } from '../../domain/kubernetes/node.ts';
import type { Pod } from '../../domain/kubernetes/pod.ts';
import { readyOf } from '../../domain/node-conditions.ts';
import { nodeFinding } from '../../domain/node-finding.ts';
import type { Replica, Replicas } from '../../domain/replica.ts';
import { subjectKey } from '../../domain/subject.ts';
import { isOfNow } from '../../domain/turned-away.ts';

/** A kubelet may be this many minor versions older than the API server, and never newer. */
const supportedMinors = 3;

export const versionSkew = defineFailureMode({
  id: 'version-skew',
  title: "A kubelet's version does not fit the API server",
  role: 'cause',
  explanation: {
    whatItIs: 'The kubelet is newer than the API server or more than three minor versions older, which Kubernetes does not support.',
    howItLooks: 'The node misbehaves in odd ways: unknown fields, refused requests, pods that never become Ready; other nodes are well.',
    whyItHappens: 'Nodes were upgraded before the control plane, a node image was not updated for long, or an upgrade stopped half-way.',
    whatStopsTheBleeding: 'Cordon the node and let pods run on nodes with a supported version.',
    whatFixesIt: 'Upgrade the control plane first, then the nodes, one minor version at a time.',
    howToPreventIt: 'Check versions before each upgrade, and replace nodes by age.',
  },
  sources: ['https://kubernetes.io/releases/version-skew-policy/#kubelet'],
  needs: ['nodes', 'pods'],
  helpedBy: ['replicas'],
  explains: ['node-not-ready', 'degraded-node-link', 'daemonset-not-everywhere', 'rejected-by-kubelet'],
  mitigations: ['cordon-node'],
  recognise(facts): readonly Finding[] {
    const shown = apiServerMinors(facts.pods);
    const servers = shown.length > 0 ? shown : newestKubelet(facts.nodes);
    const [server] = servers;
    if (server === undefined) return [];
    const newest = Math.max(...servers.map((each) => each.minor));
    const oldest = Math.min(...servers.map((each) => each.minor));
    return facts.nodes.all.flatMap((node): readonly Finding[] => {
      const version = node.status.nodeInfo.kubeletVersion;
      const minor = minorOf(version);
      const isTooNew = shown.length > 0 && minor !== undefined && minor > oldest;
      const isSupported = minor === undefined || (!isTooNew && newest - minor <= supportedMinors);
      const refused = facts.replicas === undefined ? [] : refusedOnlyBy(node, facts.replicas, facts.now);
      const failing = facts.replicas?.onNode(node.metadata.name).filter((replica) => replica.health === 'failing') ?? [];
      const suffering = [...new Set([...failing, ...refused])];
      const suffers = readyOf(node)?.status !== 'True' || suffering.length > 0;
      // One version too many is common on the way through an upgrade, and while nothing on the node fails it has broken nothing.
      const isFar = minor !== undefined && newest - minor > supportedMinors + 1;
      if (isSupported || (!suffers && !isFar)) return [];
      const refusal = [...new Map(refused.map((replica) => [subjectKey(replica.workload), replica])).values()]
        .slice(0, 3)
        .map(({ pod, workload }) =>
          claim(
            `The kubelet of ${node.metadata.name} refuses a pod of ${workload.name} (${pod.status.reason}) that others run.`,
            citeObject(pod, `phase Failed, reason ${pod.status.reason}`),
          ),
        );
      return [
        nodeFinding(
          {
            node: node.metadata.name,
            weight: refused.length > 0 ? 'strong' : isFar ? 'likely' : 'suggestive',
            because: [
              claim(
                `${node.metadata.name} runs kubelet ${version}, the API server 1.${newest}${shown.length > 0 ? '' : ' or later'}.`,
                citeObject(node, `kubeletVersion ${version}`),
                server.citation,
              ),
              ...refusal,
            ],
            suffering,
          },
          facts.replicas,
        ),
      ];
    });
  },
  recognises: [
    {
      story: 'The kubelet is newer than the API server, and its node is not Ready.',
      given: {
        nodes: [
          exampleNode({
            name: 'node-1',
            isReady: false,
            status: { nodeInfo: { kubeletVersion: 'v1.35.0' }, conditions: [{ type: 'Ready', status: 'False' }] },
          }),
        ],
        pods: [apiServer('registry.k8s.io/kube-apiserver:v1.33.2')],
      },
      finds: [{ kind: 'Node', name: 'node-1' }],
    },
    {
      story: 'A Ready node with a kubelet four versions older refuses a pod of a DaemonSet that the others run.',
      given: daemonRefused('InitContainerRestartPolicyForbidden', 'v1.28.15'),
      finds: [{ kind: 'Node', name: 'node-1' }],
    },
    {
      story: 'It refuses one replica of a Deployment after the other, whose earlier ones run elsewhere.',
      given: {
        ...daemonRefused('InitContainerRestartPolicyForbidden', 'v1.28.15'),
        pods: [
          apiServer('registry.k8s.io/kube-apiserver:v1.32.2'),
          examplePod({
            name: 'cart-1-b',
            isReady: false,
            startedMinutesAgo: 1,
            podStatus: { phase: 'Failed', reason: 'InitContainerRestartPolicyForbidden', containerStatuses: [] },
          }),
          examplePod({ name: 'cart-1-a', node: 'node-2' }),
        ],
      },
      finds: [{ kind: 'Node', name: 'node-1' }],
    },
    {
      story: 'The control plane is hosted and shows no pods; one kubelet is five minor versions behind the newest.',
      given: {
        nodes: ['v1.33.1', 'v1.28.9'].map((kubeletVersion, index) =>
          exampleNode({ name: `node-${index + 1}`, status: { nodeInfo: { kubeletVersion } } }),
        ),
        pods: [],
      },
      finds: [{ kind: 'Node', name: 'node-2' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'No API server is seen, and the oldest kubelet is three minor versions behind the newest.',
      given: {
        nodes: ['v1.33.1', 'v1.30.4'].map((kubeletVersion, index) =>
          exampleNode({ name: `node-${index + 1}`, status: { nodeInfo: { kubeletVersion } } }),
        ),
        pods: [],
      },
    },
    {
      story: 'An old kubelet that is still supported ends a pod for want of room.',
      given: daemonRefused('OutOfmemory', 'v1.30.9'),
    },
    {
      story: 'Three minor versions older is supported.',
      given: {
        nodes: [exampleNode({ name: 'node-1', isReady: false, status: { nodeInfo: { kubeletVersion: 'v1.30.9' } } })],
        pods: [apiServer('registry.k8s.io/kube-apiserver:v1.33.2')],
      },
    },
    { story: "The API server's version cannot be seen.", given: { nodes: [exampleNode({ name: 'node-1', isReady: false })], pods: [] } },
  ],
});

/** Reasons for which kubelets of every version end or refuse a pod: room, place, pressure, a shutdown. */
const ofEveryVersion =
  /^(?:Evicted|OutOf\w+|Node(?:Affinity|Ports|Shutdown|Lost|Name)|Terminated|Preempt\w*|Shutdown|TaintToleration|TopologyAffinityError|UnexpectedAdmissionError|DeadlineExceeded|Unschedulable)$/;

/** Pods that this kubelet would not even start, while their siblings run on other nodes: it does not know what they ask for. */
function refusedOnlyBy(node: Node, replicas: Replicas, now: Instant): readonly Replica[] {
  return replicas.onNode(node.metadata.name).filter((replica) => {
    const { pod, workload, health } = replica;
    const hasStarted = pod.status.containerStatuses.some(
      (status) => status.state.terminated !== undefined || status.lastState.terminated !== undefined,
    );
    const { reason } = pod.status;
    const isRefused =
      (health === 'failing' || isOfNow(replica, replicas, now)) &&
      pod.status.phase === 'Failed' &&
      reason !== undefined &&
      !ofEveryVersion.test(reason) &&
      !hasStarted;
    const siblings = replicas.ofWorkload(workload).filter((other) => other.pod.spec.nodeName !== node.metadata.name);
    return (
      isRefused && siblings.some((other) => other.health === 'healthy') && siblings.every((other) => other.pod.status.reason !== reason)
    );
  });
}

function daemonRefused(reason: string, kubeletVersion: string): ExampleEvidence {
  const owner = { kind: 'DaemonSet', name: 'collector' };
  return {
    nodes: [exampleNode({ name: 'node-1', status: { nodeInfo: { kubeletVersion } } }), exampleNode({ name: 'node-2' })],
    pods: [
      apiServer('registry.k8s.io/kube-apiserver:v1.32.2'),
      examplePod({
        name: 'collector-a',
        owner,
        isReady: false,
        phase: 'Failed',
        podStatus: { phase: 'Failed', reason, containerStatuses: [] },
      }),
      examplePod({ name: 'collector-b', owner, node: 'node-2' }),
    ],
  };
}

function apiServer(image: string): ReturnType<typeof examplePod> {
  return examplePod({
    name: 'kube-apiserver-cp',
    namespace: 'kube-system',
    node: 'cp',
    owner: null,
    container: { name: 'kube-apiserver', image },
  });
}

interface Server {
  readonly minor: number;
  readonly citation: Citation;
}

/** Hosted control planes show no pods; no kubelet may be newer than the API server, so the newest shows the least that it can be. */
function newestKubelet(nodes: Collection<Node>): readonly Server[] {
  const known = nodes.all.flatMap((node): readonly Server[] => {
    const { kubeletVersion } = node.status.nodeInfo;
    const minor = readyOf(node)?.status === 'True' ? minorOf(kubeletVersion) : undefined;
    return minor === undefined ? [] : [{ minor, citation: citeObject(node, `kubeletVersion ${kubeletVersion}`) }];
  });
  return known.toSorted((left, right) => right.minor - left.minor).slice(0, 1);
}

/** Source: the images of the API server's own pods. */
function apiServerMinors(pods: Collection<Pod>): readonly Server[] {
  return pods.inNamespace('kube-system').flatMap((pod) =>
    pod.spec.containers.flatMap((container) => {
      const minor = container.name === 'kube-apiserver' ? minorOf(container.image?.replace(/^.*:/, '')) : undefined;
      return minor === undefined || container.image === undefined ? [] : [{ minor, citation: citeObject(pod, `image ${container.image}`) }];
    }),
  );
}

function minorOf(version: string | undefined): number | undefined {
  const minor = /^v?1\.(\d{1,3})\b/.exec(version ?? '')?.[1];
  return minor === undefined ? undefined : Number(minor);
}
