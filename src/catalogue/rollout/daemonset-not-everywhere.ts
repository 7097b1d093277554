import { citeObject, claim } from '../../domain/citation.ts';
import type { RawObject } from '../../domain/example.ts';
import { crashLooping, exampleNode, examplePod } from '../../domain/example-objects.ts';
import { defineFailureMode } from '../../domain/failure-mode.ts';
import { affectedBy } from '../../domain/sightings.ts';
import { subject } from '../../domain/subject.ts';

/** A DaemonSet does not serve every node that it should. True, and no explanation. */
export const daemonsetNotEverywhere = defineFailureMode({
  id: 'daemonset-not-everywhere',
  title: 'A DaemonSet does not serve all of its nodes',
  role: 'symptom',
  explanation: {
    whatItIs: 'On some nodes that the DaemonSet should serve, its pod is missing or not available.',
    howItLooks: 'DESIRED above AVAILABLE in `kubectl get daemonsets`.',
    whyItHappens: 'The pod crashes or finds no room there, the node is not ready, an update is under way and stuck.',
    whatStopsTheBleeding: 'Cordon nodes that miss something that their pods depend on.',
    whatFixesIt: 'Find out what those nodes have in common.',
    howToPreventIt: 'Give system DaemonSets a priority class, and alert on missing pods per node.',
  },
  sources: ['https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/'],
  needs: ['daemonsets', 'replicas'],
  helpedBy: ['nodes'],
  explains: [],
  mitigations: ['cordon-node', 'roll-back-workload'],

  recognise(facts) {
    return facts.daemonsets.all.flatMap((set) => {
      const { namespace, name } = set.metadata;
      const own = subject('DaemonSet', namespace, name);
      const failing = facts.replicas.ofWorkload(own).filter((replica) => replica.health === 'failing');
      const desired = set.status.desiredNumberScheduled ?? 0;
      const available = set.status.numberAvailable ?? 0;
      if (available >= desired || failing.length === 0) return [];
      const where = [...new Set(failing.flatMap((replica) => replica.pod.spec.nodeName ?? []))];
      const nodes = where.flatMap((node) => facts.nodes?.named(undefined, node) ?? []).slice(0, 3);
      return [
        {
          subject: own,
          weight: 'conclusive' as const,
          affects: [own, ...affectedBy(failing)],
          because: [
            claim(
              `${namespace}/${name} is available on ${available} of ${desired} nodes${where.length === 0 ? '' : `; not on ${where.slice(0, 4).join(', ')}`}.`,
              citeObject(set, `status: desired ${desired}, available ${available}`),
              ...failing.slice(0, 4).map((replica) => citeObject(replica.pod, replica.troubles[0]?.reason ?? 'not Ready')),
              ...nodes.map((node) => citeObject(node, `node of a failing pod of ${name}`)),
            ),
          ] as const,
        },
      ];
    });
  },

  recognises: [
    {
      story: 'On one of two nodes its pod crashes.',
      given: {
        daemonsets: [set(2, 1)],
        nodes: [exampleNode({ name: 'node-1' })],
        pods: [
          examplePod({
            name: 'agent-a',
            owner: { kind: 'DaemonSet', name: 'agent' },
            isReady: false,
            status: crashLooping({ exitCode: 1 }),
          }),
        ],
      },
      finds: [{ kind: 'DaemonSet', namespace: 'shop', name: 'agent' }],
    },
  ],
  isNotFooledBy: [
    { story: 'It serves all of its nodes.', given: { daemonsets: [set(2, 2)], pods: [] } },
    {
      story: 'An update is under way, and the new pod is starting.',
      given: {
        daemonsets: [set(2, 1)],
        pods: [examplePod({ name: 'agent-a', owner: { kind: 'DaemonSet', name: 'agent' }, isReady: false, startedMinutesAgo: 0 })],
      },
    },
  ],
});

function set(desiredNumberScheduled: number, numberAvailable: number): RawObject {
  return {
    metadata: { name: 'agent', namespace: 'shop' },
    status: { desiredNumberScheduled, currentNumberScheduled: desiredNumberScheduled, numberAvailable },
  };
}
