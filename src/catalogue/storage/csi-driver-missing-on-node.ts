import { citeObject, type Claim, claim, claimFromAll } from '../../domain/citation.ts';
import { claimNames } from '../../domain/claims.ts';
import { citeEvent, firstSeenAt, recentEvents } from '../../domain/event-index.ts';
import { exampleEvent } from '../../domain/example-happenings.ts';
import { exampleNode, examplePod } from '../../domain/example-objects.ts';
import { exampleClaim, exampleVolume } from '../../domain/example-storage.ts';
import type { Facts } from '../../domain/facts.ts';
import { defineFailureMode, type Finding } from '../../domain/failure-mode.ts';
import { nodeFinding } from '../../domain/node-finding.ts';
import type { Replica } from '../../domain/replica.ts';

interface Missing {
  readonly node: string;
  readonly driver: string;
  readonly replica: Replica;
  readonly claim: Claim;
  readonly since: number | undefined;
}

const isMissing = /not found in the list of registered CSI drivers|CSINode \S+ does not contain driver/i;

export const csiDriverMissingOnNode = defineFailureMode({
  id: 'csi-driver-missing-on-node',
  title: 'A storage driver is not registered on a node',
  role: 'cause',
  explanation: {
    whatItIs: 'The node does not have the CSI driver that a volume needs, so pods with such volumes cannot start there.',
    howItLooks:
      'FailedMount or FailedAttachVolume with "driver name … not found in the list of registered CSI drivers"; CSINode does not list it.',
    whyItHappens: "The driver's node agent crashed or is not scheduled there (taints, selectors), or the node came up before it.",
    whatStopsTheBleeding: 'Start the pod on a node that has the driver.',
    whatFixesIt: "Repair the driver's DaemonSet on that node: its log, its tolerations and its place in the kubelet's plugin directory.",
    howToPreventIt: "Alert where the driver's DaemonSet is not ready on every node.",
  },
  sources: ['https://kubernetes.io/docs/concepts/storage/volumes/#csi', 'https://kubernetes-csi.github.io/docs/csi-node-object.html'],
  needs: ['replicas', 'events'],
  helpedBy: ['csinodes', 'persistentvolumeclaims', 'persistentvolumes'],
  explains: ['degraded-node-link', 'volume-mount-failing'],
  mitigations: ['cordon-node'],
  recognise(facts): readonly Finding[] {
    const missing = missingDrivers(facts);
    return [...new Set(missing.map((each) => each.node))].toSorted().flatMap((node): readonly Finding[] => {
      const own = missing.filter((each) => each.node === node);
      const [first] = own;
      if (first === undefined) return [];
      const csiNode = facts.csinodes?.named(undefined, node);
      const isListed = csiNode?.spec.drivers.some((driver) => driver.name === first.driver) === true;
      const listed =
        csiNode === undefined
          ? undefined
          : claim(
              isListed ? `${node} lists the driver by now.` : `${node} does not list the driver ${first.driver}.`,
              citeObject(csiNode, `drivers: ${csiNode.spec.drivers.map((driver) => driver.name).join(', ') || 'none'}`),
            );
      const volumes = own.flatMap(({ replica }) =>
        claimNames(replica.pod).flatMap(
          (name) => facts.persistentvolumeclaims?.named(replica.pod.metadata.namespace, name)?.spec.volumeName ?? [],
        ),
      );
      const needing = claimFromAll(
        "The pods' volumes need that driver.",
        volumes.flatMap((name) => {
          const volume = facts.persistentvolumes?.named(undefined, name);
          return volume?.spec.csi?.driver === first.driver ? [citeObject(volume, `csi.driver: ${first.driver}`)] : [];
        }),
      );
      return [
        nodeFinding(
          {
            node,
            weight: isListed ? 'weak' : 'conclusive',
            suffering: own.map((each) => each.replica),
            since: first.since,
            because: [first.claim, ...(listed === undefined || isListed ? [] : [listed]), ...(needing === undefined ? [] : [needing])],
            against: listed !== undefined && isListed ? [listed] : [],
          },
          facts.replicas,
        ),
      ];
    });
  },
  recognises: [
    {
      story: "The driver's agent does not run on node-1.",
      given: {
        nodes: [exampleNode({ name: 'node-1' })],
        csinodes: [{ kind: 'CSINode', metadata: { name: 'node-1' }, spec: { drivers: [] } }],
        persistentvolumeclaims: [exampleClaim({ name: 'data', phase: 'Bound', spec: { volumeName: 'disk' } })],
        persistentvolumes: [exampleVolume({ name: 'disk', phase: 'Bound', spec: { csi: { driver: 'disk.csi.example' } } })],
        pods: [
          examplePod({
            name: 'db-1-a',
            isReady: false,
            phase: 'Pending',
            startedMinutesAgo: 10,
            podStatus: { containerStatuses: [] },
            spec: { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] },
          }),
        ],
        events: [
          exampleEvent({
            about: { kind: 'Pod', name: 'db-1-a' },
            reason: 'FailedMount',
            message:
              'MountVolume.MountDevice failed for volume "disk" : kubernetes.io/csi: attacher.MountDevice failed to create newCsiDriverClient: driver name disk.csi.example not found in the list of registered CSI drivers',
          }),
        ],
      },
      finds: [{ kind: 'Node', name: 'node-1' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'The driver is there and answers with an error.',
      given: {
        pods: [
          examplePod({ name: 'db-1-a', isReady: false, phase: 'Pending', startedMinutesAgo: 10, podStatus: { containerStatuses: [] } }),
        ],
        events: [
          exampleEvent({
            about: { kind: 'Pod', name: 'db-1-a' },
            reason: 'FailedMount',
            message: 'MountVolume.MountDevice failed for volume "disk" : rpc error: code = Internal desc = mkfs failed',
          }),
        ],
      },
    },
    {
      story: 'The node had just booted and the pod runs by now.',
      given: {
        pods: [examplePod({ name: 'db-1-a' })],
        events: [
          exampleEvent({
            about: { kind: 'Pod', name: 'db-1-a' },
            reason: 'FailedMount',
            message: 'driver name disk.csi.example not found in the list of registered CSI drivers',
          }),
        ],
      },
    },
  ],
});

/** What the events of pods that do not start say about drivers. */
function missingDrivers(facts: Facts<'replicas' | 'events', never>): readonly Missing[] {
  return facts.replicas.failing.flatMap((replica): readonly Missing[] => {
    const { pod } = replica;
    const event = recentEvents(facts.events, pod, facts.now).find((each) => isMissing.test(each.message ?? ''));
    const driver = /driver(?: name)? ([\w.-]+)/i.exec(event?.message ?? '')?.[1];
    const node = pod.spec.nodeName;
    if (event === undefined || driver === undefined || node === undefined) return [];
    return [
      {
        node,
        driver,
        replica,
        claim: claim(`Pod ${pod.metadata.name}: ${(event.message ?? '').slice(0, 250)}`, citeEvent(event)),
        since: firstSeenAt(event),
      },
    ];
  });
}
