import { citeNodeCommand, citeObject, type Claim, claim, claimFromAll } from '../../domain/citation.ts';
import { minutesAgo } from '../../domain/example.ts';
import { exampleNode, examplePod } from '../../domain/example-objects.ts';
import { defineFailureMode, type Finding } from '../../domain/failure-mode.ts';
import { clockTime, millisecondsPerMinute, spokenDuration } from '../../domain/instant.ts';
import { brokenByLostNode, conditionClaim, nodeFinding } from '../../domain/node-finding.ts';
import { readyOf, unhealthyConditions } from '../../domain/node-conditions.ts';
import { machineSilence } from '../../domain/machine-silence.ts';

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
      const { name } = node.metadata;
      const ready = readyOf(node);
      const report = facts['node-reports']?.find((each) => each.node === name);
      // Some distributions run the kubelet inside a unit of another name, so an idle unit on a Ready node says nothing.
      const bad = ready?.status === 'True' ? ['failed', 'activating'] : ['failed', 'inactive', 'deactivating', 'activating'];
      const unit = report?.units.find((each) => each.unit === 'kubelet' && bad.includes(each.state));
      const lease = facts.leases?.named('kube-node-lease', name);
      const leaseAge = lease?.spec.renewTime === undefined ? undefined : facts.now - lease.spec.renewTime;
      const isStale = leaseAge !== undefined && leaseAge > staleLeaseMilliseconds;
      const isSilent = ready?.status === 'Unknown';
      const reported = unhealthyConditions(node, 'kubelet');
      if (!isSilent && unit === undefined && !(isStale && ready?.status !== 'True') && reported.length === 0) return [];
      const stopped =
        unit === undefined
          ? []
          : [
              claim(
                `The kubelet of ${name} is ${unit.state}${unit.result === undefined ? '' : ` (${unit.result})`}${unit.since === undefined ? '' : ` since ${clockTime(unit.since)}`}.`,
                citeNodeCommand(name, unit.command, `kubelet: ${unit.state} ${unit.result ?? ''}`.trim()),
              ),
            ];
      const silent =
        isSilent && ready !== undefined
          ? [
              conditionClaim(
                node,
                ready,
                `The kubelet of ${name} has not reported since ${ready.lastHeartbeatTime === undefined ? 'then' : clockTime(ready.lastHeartbeatTime)}.`,
              ),
            ]
          : [];
      const leased =
        isStale && lease !== undefined
          ? [
              claim(
                `The lease of ${name} was last renewed ${spokenDuration(leaseAge ?? 0)} ago.`,
                citeObject(lease, `spec.renewTime: ${clockTime(lease.spec.renewTime ?? 0)}`, lease.spec.renewTime),
              ),
            ]
          : [];
      const [first, ...more]: readonly Claim[] = [
        ...stopped,
        ...silent,
        ...leased,
        ...reported.map((each) => conditionClaim(node, each, `${name} reports ${each.type}.`)),
      ];
      if (first === undefined) return [];
      const silence = machineSilence(node, facts['connectivity-probes']);
      const against = claimFromAll(`The machine itself does not answer, so more than its kubelet is gone.`, silence);
      const isRunning = report?.units.some((each) => each.unit === 'kubelet' && each.state === 'active') === true;
      return [
        nodeFinding(
          {
            node: name,
            weight:
              stopped.length > 0
                ? 'conclusive'
                : !isSilent && !isStale
                  ? 'suggestive'
                  : against !== undefined || isRunning
                    ? 'weak'
                    : 'strong',
            because: [first, ...more],
            against: against === undefined ? [] : [against],
            since: unit?.since ?? ready?.lastTransitionTime,
            wouldSettle:
              stopped.length > 0
                ? []
                : [
                    `On the machine: "systemctl status kubelet" and "journalctl -u kubelet --since -1h". If the machine does not answer at all, it is unreachable or off.`,
                  ],
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
