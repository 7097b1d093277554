import { claimFromAll } from '../../domain/citation.ts';
import { groupBy } from '../../domain/collection.ts';
import { containerRefusals } from '../../domain/container-refusals.ts';
import { minutesAgo } from '../../domain/example.ts';
import { exampleNode, examplePod, waitingFor } from '../../domain/example-objects.ts';
import { defineFailureMode, type Finding } from '../../domain/failure-mode.ts';
import { nodeFinding } from '../../domain/node-finding.ts';
import { type PressureFacts, pressureFindings } from '../../domain/node-pressure.ts';

export const diskPressure = defineFailureMode({
  id: 'disk-pressure',
  title: 'A node is running out of disk',
  role: 'cause',
  explanation: {
    whatItIs: 'A file system of the node is nearly full, so the kubelet removes images and evicts pods.',
    howItLooks: 'The node has DiskPressure; pods end as Evicted with "The node was low on resource: ephemeral-storage"; new pods avoid it.',
    whyItHappens: 'Logs or temporary files of a pod grow, images pile up, or something outside Kubernetes fills the disk.',
    whatStopsTheBleeding: 'Delete or move what fills the disk; cordon the node while it recovers.',
    whatFixesIt: 'Limit ephemeral storage of pods, rotate logs, and give images a disk of their own.',
    howToPreventIt: 'Alert on free space and free inodes of each node before the eviction threshold.',
  },
  sources: ['https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/'],
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
    const pressed = pressureFindings(
      { concern: 'disk', resource: 'disk', evictedFor: /ephemeral-storage|nodefs|imagefs|inodes|disk/i },
      facts,
    );
    const told = new Set(pressed.map(({ subject: { name } }) => name));
    return [...pressed, ...fullForTheRuntime(facts).filter(({ subject: { name } }) => !told.has(name))];
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
                { type: 'DiskPressure', status: 'True', lastTransitionTime: minutesAgo(4) },
                { type: 'Ready', status: 'True' },
              ],
            },
          }),
        ],
      },
      finds: [{ kind: 'Node', name: 'node-1' }],
    },
    {
      story: 'The runtime has no room for another container, before the kubelet takes notice.',
      given: {
        nodes: [exampleNode({ name: 'node-1' })],
        pods: [refused('write /var/lib/containerd/snapshots/new-1/fs: no space left on device')],
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
              message: 'The node was low on resource: ephemeral-storage. Threshold quantity: 4Gi, available: 3Gi.',
              conditions: [],
            },
          }),
        ],
      },
      finds: [{ kind: 'Node', name: 'node-1' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'What is full is the number of control groups, which the kernel tells in the same words.',
      given: {
        nodes: [exampleNode({ name: 'node-1' })],
        pods: [refused('mkdir /sys/fs/cgroup/kubepods.slice/x: no space left on device')],
      },
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
              message: 'The node was low on resource: ephemeral-storage. Threshold quantity: 4Gi, available: 3Gi.',
              conditions: [],
            },
          }),
        ],
      },
    },
  ],
});

/** Nodes whose runtime says that it could write no image, snapshot or container. */
function fullForTheRuntime(facts: PressureFacts): readonly Finding[] {
  const full = containerRefusals(facts).filter(({ text }) => /no space left on device/i.test(text) && !/cgroup/.test(text));
  return [...groupBy(full, ({ replica }) => replica.pod.spec.nodeName)].flatMap(([node, group]): readonly Finding[] => {
    const because = claimFromAll(
      `The container runtime of ${node ?? '?'} has no room left: ${(group[0]?.text ?? '').slice(0, 200)}`,
      group.slice(0, 4).map(({ citation }) => citation),
    );
    const since = group.flatMap(({ replica }) => replica.failingSince ?? []);
    if (node === undefined || because === undefined) return [];
    const parts = {
      node,
      weight: 'strong' as const,
      because: [because] as const,
      since: since.length === 0 ? undefined : Math.min(...since),
    };
    return [nodeFinding({ ...parts, suffering: [...new Set(group.map(({ replica }) => replica))] }, facts.replicas)];
  });
}

function refused(message: string): ReturnType<typeof examplePod> {
  return examplePod({ name: 'cart-1-a', isReady: false, phase: 'Pending', status: waitingFor('CreateContainerError', message) });
}
