import { citeNodeCommand, type Claim, claim } from '../../domain/citation.ts';
import { minutesAgo } from '../../domain/example.ts';
import { exampleNode } from '../../domain/example-objects.ts';
import { defineFailureMode, type Finding } from '../../domain/failure-mode.ts';
import { millisecondsPerHour } from '../../domain/instant.ts';
import { unhealthyConditions } from '../../domain/node-conditions.ts';
import { brokenByLostNode, conditionClaim, nodeFinding } from '../../domain/node-finding.ts';

export const kernelDeadlock = defineFailureMode({
  id: 'kernel-deadlock',
  title: 'The kernel of a node hangs',
  role: 'cause',
  explanation: {
    whatItIs: "Tasks in the node's kernel wait for something that never comes: a stuck disk or network file system, a driver, or a bug.",
    howItLooks:
      'The kernel logs "task … blocked for more than 120 seconds"; node-problem-detector sets KernelDeadlock; commands on the node hang.',
    whyItHappens: 'A storage device or NFS server does not answer, memory is exhausted inside the kernel, or the kernel has a bug.',
    whatStopsTheBleeding: 'Cordon the node and let its pods be made elsewhere; then restart the machine.',
    whatFixesIt: 'Repair the storage that hangs, or move to a kernel in which the bug is repaired.',
    howToPreventIt: 'Run node-problem-detector and replace nodes that report it.',
  },
  sources: [
    'https://kubernetes.io/docs/tasks/debug/debug-cluster/monitor-node-health/',
    'https://docs.kernel.org/admin-guide/sysctl/kernel.html#hung-task-timeout-secs',
  ],
  needs: ['nodes'],
  helpedBy: ['replicas', 'node-reports'],
  explains: ['kubelet-stopped', 'container-runtime-stopped', ...brokenByLostNode],
  mitigations: ['cordon-node'],
  recognise: (facts) =>
    facts.nodes.all.flatMap((node): readonly Finding[] => {
      const { name } = node.metadata;
      const [condition] = unhealthyConditions(node, 'kernel');
      const lines = (facts['node-reports']?.find((report) => report.node === name)?.findings ?? []).filter(
        (each) =>
          (each.kind === 'hung-task' || each.kind === 'kernel-panic') &&
          (each.at === undefined || facts.now - each.at < millisecondsPerHour),
      );
      const because: readonly Claim[] = [
        ...(condition === undefined ? [] : [conditionClaim(node, condition, `${name} reports ${condition.type}.`)]),
        ...lines
          .slice(0, 3)
          .map((each) =>
            claim(
              `The kernel of ${name} says: "${each.line.slice(0, 200)}".`,
              citeNodeCommand(name, each.command, each.line.slice(0, 200)),
            ),
          ),
      ];
      const [first, ...more] = because;
      if (first === undefined) return [];
      const isPanic = lines.some((each) => each.kind === 'kernel-panic');
      const hasSufferers = facts.replicas?.onNode(name).some((replica) => replica.health === 'failing') === true;
      const weight = condition !== undefined || isPanic ? 'conclusive' : hasSufferers ? 'strong' : 'suggestive';
      return [
        nodeFinding(
          { node: name, weight, because: [first, ...more], since: condition?.lastTransitionTime ?? lines[0]?.at },
          facts.replicas,
        ),
      ];
    }),
  recognises: [
    {
      story: 'node-problem-detector has seen tasks that hang.',
      given: {
        nodes: [
          exampleNode({
            name: 'node-1',
            status: {
              conditions: [
                {
                  type: 'KernelDeadlock',
                  status: 'True',
                  reason: 'DockerHung',
                  message: 'task dockerd:1234 blocked for more than 300 seconds',
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
      story: 'The kernel log speaks of a blocked task.',
      given: {
        nodes: [exampleNode({ name: 'node-1' })],
        'node-commands': [
          {
            node: 'node-1',
            command: 'journal-kernel',
            output: `${minutesAgo(4)} node-1 kernel: INFO: task jbd2/sda1-8:312 blocked for more than 120 seconds.`,
          },
        ],
      },
      finds: [{ kind: 'Node', name: 'node-1' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'The condition has its healthy value.',
      given: {
        nodes: [
          exampleNode({
            name: 'node-1',
            status: { conditions: [{ type: 'KernelDeadlock', status: 'False', reason: 'KernelHasNoDeadlock' }] },
          }),
        ],
      },
    },
    {
      story: "Somebody's own condition, of which nobody knows the good value.",
      given: {
        nodes: [exampleNode({ name: 'node-1', status: { conditions: [{ type: 'KernelTuned', status: 'True', reason: 'Applied' }] } })],
      },
    },
    {
      story: 'A task was blocked for a moment last night.',
      given: {
        nodes: [exampleNode({ name: 'node-1' })],
        'node-commands': [
          {
            node: 'node-1',
            command: 'journal-kernel',
            output: `${minutesAgo(700)} node-1 kernel: INFO: task kworker:1 blocked for more than 120 seconds.`,
          },
        ],
      },
    },
  ],
});
