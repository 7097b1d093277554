import { citeNodeCommand, type Claim, claim } from '../../domain/citation.ts';
import { minutesAgo } from '../../domain/example.ts';
import { exampleNode } from '../../domain/example-objects.ts';
import { defineFailureMode, type Finding } from '../../domain/failure-mode.ts';
import { millisecondsPerDay } from '../../domain/instant.ts';
import { unhealthyConditions } from '../../domain/node-conditions.ts';
import { brokenByLostNode, conditionClaim, nodeFinding } from '../../domain/node-finding.ts';
import type { FileSystemUse } from '../../domain/node-report.ts';

/** Where the kubelet and the runtimes keep what pods write; other mounts may be read-only on purpose. */
const mustBeWritable = /^\/(var(\/lib(\/(kubelet|containerd|docker|containers)(\/.*)?)?)?)?$/;

/** Devices that come over the network, and that nodes have no disk of their own on: Ceph, network block devices, DRBD, Longhorn. */
const networkDevice = /^(?:rbd|nbd|drbd|dm-uuid-mpath|longhorn)/;
/** Where the kubelet mounts what storage drivers attach for pods. */
const volumeMount =
  /\/(?:kubernetes\.io~[\w.-]+|plugins\/kubernetes\.io\/[\w.-]+|plugins\/[\w.-]+\/(?:globalmount|mounts?))\b|\/globalmount\b|\/volumes\//;

/** A pod's volume, and not a disk of the node: what ails it is the storage or the way there, and another node has no better one. */
function isOfVolume(line: string, mounts: readonly FileSystemUse[]): boolean {
  const device = /\((?:device )?([\w-]{2,60})\)/.exec(line)?.[1];
  if (device === undefined) return false;
  const own = mounts.filter((each) => each.device?.split('/').at(-1) === device);
  return networkDevice.test(device) || (own.length > 0 && own.every((each) => volumeMount.test(each.mountPoint)));
}

export const nodeFileSystemReadOnly = defineFailureMode({
  id: 'node-file-system-read-only',
  title: 'A file system of a node has become read-only',
  role: 'cause',
  explanation: {
    whatItIs:
      'After errors of the disk the kernel has made a file system of the node read-only to protect it, so nothing on it can be written.',
    howItLooks:
      'The kernel logs "Remounting filesystem read-only"; containers fail to start or to write with "Read-only file system"; the node may stay Ready.',
    whyItHappens: 'The disk or its connection is failing, or the file system is damaged.',
    whatStopsTheBleeding: 'Cordon the node and let its pods be made elsewhere.',
    whatFixesIt: 'Replace the disk or the machine; check the file system before it is used again.',
    howToPreventIt: 'Run node-problem-detector, watch disk errors, and replace disks that report them.',
  },
  sources: [
    'https://kubernetes.io/docs/tasks/debug/debug-cluster/monitor-node-health/',
    'https://man7.org/linux/man-pages/man5/ext4.5.html',
  ],
  needs: ['nodes'],
  helpedBy: ['replicas', 'node-reports'],
  explains: ['kubelet-stopped', 'container-runtime-stopped', 'file-system-read-only', 'volume-mount-failing', ...brokenByLostNode],
  mitigations: ['cordon-node'],
  recognise: (facts) =>
    facts.nodes.all.flatMap((node): readonly Finding[] => {
      const { name } = node.metadata;
      const [condition] = unhealthyConditions(node, 'file-system');
      const report = facts['node-reports']?.find((each) => each.node === name);
      const remounted =
        report?.findings.filter(
          (each) =>
            each.kind === 'read-only-file-system' &&
            /Remounting filesystem read-only/.test(each.line) &&
            !isOfVolume(each.line, report.fileSystems) &&
            (each.at === undefined || facts.now - each.at < millisecondsPerDay),
        ) ?? [];
      const mounted =
        remounted.length === 0
          ? []
          : (report?.fileSystems.filter(
              (each) => each.isReadOnly === true && mustBeWritable.test(each.mountPoint) && !volumeMount.test(each.mountPoint),
            ) ?? []);
      const because: readonly Claim[] = [
        ...(condition === undefined ? [] : [conditionClaim(node, condition, `${name} reports ${condition.type}.`)]),
        ...remounted
          .slice(0, 2)
          .map((each) =>
            claim(
              `The kernel of ${name} has made a file system read-only: "${each.line.slice(0, 200)}".`,
              citeNodeCommand(name, each.command, each.line.slice(0, 200)),
            ),
          ),
        ...mounted
          .slice(0, 2)
          .map((each) =>
            claim(`${each.mountPoint} on ${name} is mounted read-only.`, citeNodeCommand(name, each.command, `${each.mountPoint} ro`)),
          ),
      ];
      const [first, ...more] = because;
      if (first === undefined) return [];
      return [
        nodeFinding(
          {
            node: name,
            weight: condition !== undefined || mounted.length > 0 ? 'conclusive' : 'strong',
            because: [first, ...more],
            since: condition?.lastTransitionTime ?? remounted[0]?.at,
          },
          facts.replicas,
        ),
      ];
    }),
  recognises: [
    {
      story: 'node-problem-detector reports it.',
      given: {
        nodes: [
          exampleNode({
            name: 'node-1',
            status: {
              conditions: [
                {
                  type: 'ReadonlyFilesystem',
                  status: 'True',
                  reason: 'FilesystemIsReadOnly',
                  message: 'EXT4-fs (sda1): Remounting filesystem read-only',
                  lastTransitionTime: minutesAgo(5),
                },
              ],
            },
          }),
        ],
      },
      finds: [{ kind: 'Node', name: 'node-1' }],
    },
    {
      story: 'The kernel log says so, and the mount agrees.',
      given: {
        nodes: [exampleNode({ name: 'node-1' })],
        'node-commands': [
          {
            node: 'node-1',
            command: 'journal-kernel',
            output: `${minutesAgo(4)} node-1 kernel: EXT4-fs (sda1): Remounting filesystem read-only`,
          },
          { node: 'node-1', command: 'mounts', output: '/dev/sda1 / ext4 ro,relatime 0 0' },
        ],
      },
      finds: [{ kind: 'Node', name: 'node-1' }],
    },
  ],
  isNotFooledBy: [
    {
      story: "A pod's own network volume has lost its storage; nothing is wrong with the disks of the node.",
      given: {
        nodes: [exampleNode({ name: 'node-1' })],
        'node-commands': [
          {
            node: 'node-1',
            command: 'journal-kernel',
            output: `${minutesAgo(4)} node-1 kernel: rbd: rbd3: write at objno 12 result -108\n${minutesAgo(4)} node-1 kernel: EXT4-fs (rbd3): Remounting filesystem read-only`,
          },
        ],
      },
    },
    {
      story: 'An attached disk of a pod, as the mounts tell.',
      given: {
        nodes: [exampleNode({ name: 'node-1' })],
        'node-commands': [
          {
            node: 'node-1',
            command: 'journal-kernel',
            output: `${minutesAgo(4)} node-1 kernel: EXT4-fs (nvme2n1): Remounting filesystem read-only`,
          },
          {
            node: 'node-1',
            command: 'mounts',
            output: '/dev/nvme2n1 /var/lib/kubelet/pods/4d9c/volumes/kubernetes.io~csi/pvc-1/mount ext4 ro,relatime 0 0',
          },
        ],
      },
    },
    {
      story: 'The root of an immutable operating system is read-only by design.',
      given: {
        nodes: [exampleNode({ name: 'node-1' })],
        'node-commands': [{ node: 'node-1', command: 'mounts', output: '/dev/sda3 / ext4 ro,relatime 0 0' }],
      },
    },
    {
      story: 'The condition has its healthy value.',
      given: { nodes: [exampleNode({ name: 'node-1', status: { conditions: [{ type: 'ReadonlyFilesystem', status: 'False' }] } })] },
    },
  ],
});
