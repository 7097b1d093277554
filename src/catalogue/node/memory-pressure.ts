import { claim } from '../../domain/citation.ts';
import { citeEnd, crashedContainers } from '../../domain/container-evidence.ts';
import { limitOf } from '../../domain/container-metrics.ts';
import { citeEvent, lastSeenAt, recentEvents } from '../../domain/event-index.ts';
import { type ExampleEvidence, minutesAgo } from '../../domain/example.ts';
import { exampleEvent } from '../../domain/example-happenings.ts';
import { crashLooping, exampleNode, examplePod } from '../../domain/example-objects.ts';
import { defineFailureMode, type Finding } from '../../domain/failure-mode.ts';
import { nodeFinding } from '../../domain/node-finding.ts';
import { type PressureFacts, pressureFindings } from '../../domain/node-pressure.ts';
import type { Replica } from '../../domain/replica.ts';

export const memoryPressure = defineFailureMode({
  id: 'memory-pressure',
  title: 'A node is running out of memory',
  role: 'cause',
  explanation: {
    whatItIs: 'The node has so little free memory that the kubelet evicts pods to protect it.',
    howItLooks:
      'The node has MemoryPressure; pods end as Evicted with "The node was low on resource: memory"; new pods avoid it. Where memory runs out faster than the kubelet looks, the kernel kills processes instead.',
    whyItHappens: 'Pods use more than they request, limits are far above requests, or something outside Kubernetes uses the memory.',
    whatStopsTheBleeding: 'Move the pod that grows, or scale it down; cordon the node while it recovers.',
    whatFixesIt: 'Set requests to what pods really use, and reserve memory for the system.',
    howToPreventIt: 'Alert on the memory that is available on each node, and keep limits near requests.',
  },
  sources: [
    'https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/',
    'https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/#node-out-of-memory-behavior',
  ],
  needs: ['nodes'],
  helpedBy: ['replicas', 'pods', 'events'],
  explains: [
    'degraded-node-link',
    'taint-not-tolerated',
    'evicted-for-ephemeral-storage',
    'liveness-probe-misconfigured',
    'readiness-probe-misconfigured',
    'startup-probe-too-short',
    'node-not-ready',
    'daemonset-not-everywhere',
  ],
  mitigations: ['cordon-node'],
  recognise(facts) {
    const pressed = pressureFindings({ concern: 'memory', resource: 'memory', evictedFor: /memory/i }, facts);
    const told = new Set(pressed.map(({ subject: { name } }) => name));
    return [...pressed, ...outOfMemory(facts).filter(({ subject: { name } }) => !told.has(name))];
  },
  recognises: [
    {
      story: 'The node reports the condition.',
      given: {
        nodes: [
          exampleNode({
            name: 'node-1',
            status: {
              conditions: [
                { type: 'MemoryPressure', status: 'True', lastTransitionTime: minutesAgo(4) },
                { type: 'Ready', status: 'True' },
              ],
            },
          }),
        ],
      },
      finds: [{ kind: 'Node', name: 'node-1' }],
    },
    {
      story: 'The condition has passed, but the node evicted a pod a few minutes ago.',
      given: {
        nodes: [exampleNode({ name: 'node-1' })],
        pods: [
          examplePod({
            name: 'cart-1-a',
            phase: 'Failed',
            isReady: false,
            startedMinutesAgo: 20,
            podStatus: {
              reason: 'Evicted',
              message:
                'The node was low on resource: memory. Threshold quantity: 100Mi, available: 80Mi. Container app was using 3Gi, request is 256Mi.',
              conditions: [],
            },
          }),
        ],
      },
      finds: [{ kind: 'Node', name: 'node-1' }],
    },
    {
      story: 'The kernel killed before the kubelet could evict: the node tells of it, and a container without a limit was killed there.',
      given: killed({ reason: 'Error' }),
      finds: [{ kind: 'Node', name: 'node-1' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'The kernel killed something on the node, and the container that was killed had reached its own limit.',
      given: killed({ reason: 'OOMKilled', limit: '128Mi' }),
    },
    {
      story: 'The kernel killed something on the node, and a container there ends with an error of its own.',
      given: killed({ exitCode: 1 }),
    },
    { story: 'The node has enough.', given: { nodes: [exampleNode({ name: 'node-1' })], pods: [], events: [] } },
    {
      story: 'A pod was evicted last week, and its remains were never cleaned up.',
      given: {
        nodes: [exampleNode({ name: 'node-1' })],
        pods: [
          examplePod({
            name: 'cart-1-a',
            phase: 'Failed',
            isReady: false,
            startedMinutesAgo: 10080,
            podStatus: {
              reason: 'Evicted',
              message:
                'The node was low on resource: memory. Threshold quantity: 100Mi, available: 80Mi. Container app was using 3Gi, request is 256Mi.',
              conditions: [],
            },
          }),
        ],
      },
    },
  ],
});

/** Nodes whose kernel ran out of memory as a whole, and killed containers that had not reached a limit of their own. */
function outOfMemory(facts: PressureFacts): readonly Finding[] {
  return facts.nodes.all.flatMap((node): readonly Finding[] => {
    const events = recentEvents(facts.events, node, facts.now).filter(({ reason }) => reason === 'SystemOOM');
    const [event] = events;
    const victims = (facts.replicas?.onNode(node.metadata.name) ?? []).filter(
      (replica) => replica.health === 'failing' && victimsOfTheNode(replica).length > 0,
    );
    const [first, ...more] = victims.flatMap((replica) => victimsOfTheNode(replica).map((container) => citeEnd(replica.pod, container)));
    if (event === undefined || first === undefined) return [];
    const times = [...events.map(lastSeenAt), ...victims.map(({ failingSince }) => failingSince)].filter((each) => each !== undefined);
    return [
      nodeFinding(
        {
          node: node.metadata.name,
          weight: 'strong',
          because: [
            claim(
              `${node.metadata.name} as a whole ran out of memory: ${(event.message ?? 'System OOM encountered').slice(0, 200)}`,
              citeEvent(event),
            ),
            claim('Containers on it were killed although they had not reached a limit of their own.', first, ...more.slice(0, 3)),
          ],
          since: times.length === 0 ? undefined : Math.min(...times),
        },
        facts.replicas,
      ),
    ];
  });
}

/** SIGKILL, as a status tells it: 128 and the number of the signal. */
const killedExitCode = 137;

function victimsOfTheNode(replica: Replica): readonly string[] {
  return crashedContainers(replica)
    .filter(
      ({ container, end }) =>
        end.exitCode === killedExitCode && (end.reason !== 'OOMKilled' || limitOf(replica, container, 'memory') === undefined),
    )
    .map(({ container }) => container);
}

function killed(of: { readonly reason?: string; readonly exitCode?: number; readonly limit?: string }): ExampleEvidence {
  return {
    nodes: [exampleNode({ name: 'node-1' })],
    pods: [
      examplePod({
        name: 'cart-1-a',
        isReady: false,
        container: of.limit === undefined ? {} : { resources: { limits: { memory: of.limit } } },
        status: crashLooping({ exitCode: of.exitCode ?? 137, reason: of.reason ?? 'Error' }),
      }),
    ],
    events: [
      exampleEvent({
        about: { kind: 'Node', name: 'node-1' },
        reason: 'SystemOOM',
        message: 'System OOM encountered, victim process: java, pid: 4711',
      }),
    ],
  };
}
