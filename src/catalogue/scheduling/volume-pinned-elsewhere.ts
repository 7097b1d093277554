import { exampleNode, examplePod, exampleUnscheduled } from '../../domain/example-objects.ts';
import { defineFailureMode } from '../../domain/failure-mode.ts';
import type { AtLeastOne } from '../../domain/sightings.ts';
import { type Unscheduled, unscheduledFindings, waitingBecause } from '../../domain/unscheduled.ts';

/** The pod's volume exists on one node or in one zone, and there the pod cannot go. */
export const volumePinnedElsewhere = defineFailureMode({
  id: 'volume-pinned-elsewhere',
  title: 'The volume of the pod can only be had where the pod cannot go',
  role: 'cause',
  explanation: {
    whatItIs:
      'A bound volume has a node affinity: a local disk on one node, or a cloud disk in one zone. None of the nodes that match it takes the pod.',
    howItLooks: 'Pending, with "node(s) had volume node affinity conflict", mostly on a StatefulSet after a node or zone was lost.',
    whyItHappens:
      'The node with the local disk is gone, cordoned or full; the zone has no node left; a claim was bound before the pod was placed.',
    whatStopsTheBleeding: 'Bring back or uncordon a node where the volume is; add a node in its zone.',
    whatFixesIt: 'Restore the data to a new volume elsewhere; use WaitForFirstConsumer and storage that several zones can reach.',
    howToPreventIt: 'Keep room for one lost node in each zone that holds volumes.',
  },
  sources: [
    'https://kubernetes.io/docs/concepts/storage/persistent-volumes/#node-affinity',
    'https://kubernetes.io/docs/concepts/storage/storage-classes/#volume-binding-mode',
  ],
  needs: ['replicas'],
  helpedBy: ['scheduling', 'nodes', 'events'],
  explains: [],
  mitigations: ['uncordon-node'],

  recognise(facts) {
    return unscheduledFindings(waitingBecause('volume-place', facts), (group) => volumeOf(group));
  },

  recognises: [
    {
      story: 'The node with the local disk is gone.',
      given: {
        nodes: [exampleNode({ name: 'node-1' })],
        pods: [withVolume()],
        persistentvolumeclaims: [{ metadata: { name: 'data-db-0', namespace: 'shop' }, spec: { volumeName: 'local-1' } }],
        persistentvolumes: [
          {
            metadata: { name: 'local-1' },
            spec: {
              nodeAffinity: {
                required: {
                  nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: ['node-9'] }] }],
                },
              },
            },
          },
        ],
      },
      finds: [{ kind: 'StatefulSet', namespace: 'shop', name: 'db' }],
    },
    { story: 'Nodes and volumes could not be read.', given: { pods: [withVolume()] } },
  ],
  isNotFooledBy: [
    {
      story: 'It waits for its claim to be bound.',
      given: { pods: [exampleUnscheduled({ message: '0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.' })] },
    },
    {
      story: 'It runs where its volume is.',
      given: { nodes: [exampleNode({ name: 'node-1' })], pods: [examplePod({ name: 'db-0', owner: { kind: 'StatefulSet', name: 'db' } })] },
    },
  ],
});

function volumeOf(group: AtLeastOne<Unscheduled>): string {
  const found = group.flatMap((each) =>
    each.obstacles.flatMap(({ obstacle }) => (obstacle.kind === 'volume-node-affinity' ? [obstacle] : [])),
  )[0];
  return found === undefined
    ? 'its volume can only be had on nodes that do not take it'
    : `its volume ${found.volume} can only be had where ${found.wanted}, and no node there takes it`;
}

function withVolume(): ReturnType<typeof exampleUnscheduled> {
  return exampleUnscheduled({
    name: 'db-0',
    owner: { kind: 'StatefulSet', name: 'db' },
    message: '0/1 nodes are available: 1 node(s) had volume node affinity conflict.',
    spec: { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data-db-0' } }] },
  });
}
