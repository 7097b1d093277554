import { citeNodeCommand, citeObject, type Claim, claim, claimFromAll } from '../../domain/citation.ts';
import { minutesAgo } from '../../domain/example.ts';
import { exampleNode, examplePod } from '../../domain/example-objects.ts';
import type { Facts } from '../../domain/facts.ts';
import { defineFailureMode, type Finding, type Weight } from '../../domain/failure-mode.ts';
import { clockTime, millisecondsPerMinute, spokenDuration } from '../../domain/instant.ts';
import type { Condition } from '../../domain/kubernetes/metadata.ts';
import type { Lease, Node } from '../../domain/kubernetes/node.ts';
import { brokenByLostNode, conditionClaim, nodeFinding } from '../../domain/node-finding.ts';
import type { NodeReport } from '../../domain/node-report.ts';
import { readyOf, unhealthyConditions } from '../../domain/node-conditions.ts';
import { doesMachineAnswer, machineSilence } from '../../domain/machine-silence.ts';

/** The kubelet renews its lease every ten seconds and the control plane waits forty; two minutes leave no doubt. */
const staleLeaseMilliseconds = 2 * millisecondsPerMinute;

export const kubeletStopped = defineFailureMode({
  id: 'kubelet-stopped',
  title: 'The kubelet of a node has stopped reporting',
  role: 'cause',
  explanation: {
    whatItIs: 'The agent that runs pods on the node does not run or cannot reach the API server, so nobody knows how its pods are.',
    howItLooks: 'The node is NotReady with status Unknown, "Kubelet stopped posting node status"; its lease is no longer renewed.',
    whyItHappens:
      'The kubelet crashed, was stopped or starved, its certificate or configuration is bad, or the machine lost the API server.',
    whatStopsTheBleeding: 'Let its pods be made elsewhere; do not force-delete pods with volumes before the machine is known to be off.',
    whatFixesIt: 'On the machine: "systemctl status kubelet" and "journalctl -u kubelet", then repair what it names and start it.',
    howToPreventIt: 'Reserve memory and CPU for system services, and watch the kubelet as a unit on each machine.',
  },
  sources: [
    'https://kubernetes.io/docs/concepts/architecture/nodes/#heartbeats',
    'https://kubernetes.io/docs/reference/node/node-status/#condition',
  ],
  needs: ['nodes'],
  helpedBy: ['replicas', 'leases', 'node-reports', 'connectivity-probes'],
  explains: brokenByLostNode,
  mitigations: ['cordon-node'],
  recognise: (facts) =>
    facts.nodes.all.flatMap((node): readonly Finding[] => {
      const seen = look(node, facts);
      const [first, ...more] = evidence(seen);
      if (first === undefined) return [];
      const against = claimFromAll(
        'The machine itself does not answer, so more than its kubelet is gone.',
        machineSilence(node, facts['connectivity-probes']),
      );
      const toTell =
        'On the machine: "systemctl status kubelet" and "journalctl -u kubelet --since -1h". If the machine does not answer at all, it is unreachable or off.';
      return [
        nodeFinding(
          {
            node: seen.name,
            weight: weigh(seen, { isSilent: against !== undefined, answers: doesMachineAnswer(node, facts['connectivity-probes']) }),
            because: [first, ...more],
            against: against === undefined ? [] : [against],
            since: seen.unit?.since ?? seen.ready?.lastTransitionTime,
            wouldSettle: seen.unit === undefined ? [toTell] : [],
          },
          facts.replicas,
        ),
      ];
    }),
  recognises: [
    {
      story: 'The node has not reported for six minutes.',
      given: {
        nodes: [
          exampleNode({
            name: 'node-1',
            status: {
              conditions: [
                {
                  type: 'Ready',
                  status: 'Unknown',
                  reason: 'NodeStatusUnknown',
                  message: 'Kubelet stopped posting node status.',
                  lastTransitionTime: minutesAgo(5),
                  lastHeartbeatTime: minutesAgo(6),
                },
              ],
            },
          }),
        ],
        pods: [examplePod({ name: 'cart-1-a' })],
      },
      finds: [{ kind: 'Node', name: 'node-1' }],
    },
    {
      story: 'systemd says on the node that the kubelet has failed.',
      given: {
        nodes: [exampleNode({ name: 'node-1' })],
        'node-commands': [
          {
            node: 'node-1',
            command: 'systemctl-status-kubelet',
            output: '× kubelet.service - kubelet\n     Active: failed (Result: exit-code) since Sun 2026-03-01 09:52:00 UTC; 8min ago',
          },
        ],
      },
      finds: [{ kind: 'Node', name: 'node-1' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'The kubelet reports, and says that the container runtime is down.',
      given: {
        nodes: [
          exampleNode({
            name: 'node-1',
            status: { conditions: [{ type: 'Ready', status: 'False', reason: 'KubeletNotReady', message: 'container runtime is down' }] },
          }),
        ],
      },
    },
    {
      story: 'A lease of a healthy node is a few seconds old.',
      given: {
        nodes: [exampleNode({ name: 'node-1' })],
        leases: [
          {
            kind: 'Lease',
            metadata: { name: 'node-1', namespace: 'kube-node-lease' },
            spec: { renewTime: minutesAgo(0.2), leaseDurationSeconds: 40 },
          },
        ],
      },
    },
  ],
});

interface Seen {
  readonly name: string;
  readonly node: Node;
  readonly ready: Condition | undefined;
  /** The kubelet's unit, where systemd says that it does not run. */
  readonly unit: NodeReport['units'][number] | undefined;
  readonly isRunning: boolean;
  /** The node's lease, where nobody renews it any more. */
  readonly staleLease: { readonly lease: Lease; readonly ageMilliseconds: number } | undefined;
  readonly reported: readonly Condition[];
}

function look(node: Node, facts: Facts<'nodes', 'leases' | 'node-reports'>): Seen {
  const { name } = node.metadata;
  const ready = readyOf(node);
  const units = facts['node-reports']?.find((each) => each.node === name)?.units.filter((unit) => unit.unit === 'kubelet') ?? [];
  // Some distributions run the kubelet inside a unit of another name, so an idle unit on a Ready node says nothing.
  const bad = ready?.status === 'True' ? ['failed', 'activating'] : ['failed', 'inactive', 'deactivating', 'activating'];
  const lease = facts.leases?.named('kube-node-lease', name);
  const age = lease?.spec.renewTime === undefined ? 0 : facts.now - lease.spec.renewTime;
  return {
    name,
    node,
    ready,
    unit: units.find((unit) => bad.includes(unit.state)),
    isRunning: units.some((unit) => unit.state === 'active'),
    // While the node is Ready an old lease only shows that leases were collected at another time.
    staleLease:
      lease !== undefined && age > staleLeaseMilliseconds && ready?.status !== 'True' ? { lease, ageMilliseconds: age } : undefined,
    reported: unhealthyConditions(node, 'kubelet'),
  };
}

function evidence({ name, node, ready, unit, staleLease, reported }: Seen): readonly Claim[] {
  const result = unit?.result === undefined ? '' : ` (${unit.result})`;
  const since = unit?.since === undefined ? '' : ` since ${clockTime(unit.since)}`;
  const lastHeard = ready?.lastHeartbeatTime === undefined ? 'then' : clockTime(ready.lastHeartbeatTime);
  const renewedAt = staleLease?.lease.spec.renewTime;
  return [
    unit === undefined
      ? undefined
      : claim(
          `The kubelet of ${name} is ${unit.state}${result}${since}.`,
          citeNodeCommand(name, unit.command, `kubelet: ${unit.state}${result}`),
        ),
    ready?.status === 'Unknown' ? conditionClaim(node, ready, `The kubelet of ${name} has not reported since ${lastHeard}.`) : undefined,
    staleLease === undefined
      ? undefined
      : claim(
          `The lease of ${name} was last renewed ${spokenDuration(staleLease.ageMilliseconds)} ago.`,
          citeObject(staleLease.lease, `spec.renewTime: ${clockTime(renewedAt ?? 0)}`, renewedAt),
        ),
    ...reported.map((condition) => conditionClaim(node, condition, `${name} reports ${condition.type}.`)),
  ].filter((each) => each !== undefined);
}

/** Nobody who only asks the API server can tell a kubelet that is gone from a machine that is. */
function weigh({ unit, ready, staleLease, isRunning }: Seen, machine: { readonly isSilent: boolean; readonly answers: boolean }): Weight {
  if (unit !== undefined) return 'conclusive';
  if (ready?.status !== 'Unknown' && staleLease === undefined) return 'suggestive';
  if (machine.isSilent || isRunning) return 'weak';
  return machine.answers ? 'strong' : 'likely';
}
