import { claim } from '../../domain/citation.ts';
import { minutesAgo } from '../../domain/example.ts';
import { exampleProbe } from '../../domain/example-network.ts';
import { exampleNode } from '../../domain/example-objects.ts';
import { defineFailureMode, type Finding } from '../../domain/failure-mode.ts';
import { machineSilence } from '../../domain/machine-silence.ts';
import { readyOf } from '../../domain/node-conditions.ts';
import { brokenByLostNode, conditionClaim, nodeFinding } from '../../domain/node-finding.ts';

const silent = {
  conditions: [
    {
      type: 'Ready',
      status: 'Unknown',
      reason: 'NodeStatusUnknown',
      message: 'Kubelet stopped posting node status.',
      lastTransitionTime: minutesAgo(5),
    },
  ],
  addresses: [{ type: 'InternalIP', address: '192.0.2.21' }],
};

export const nodeUnreachable = defineFailureMode({
  id: 'node-unreachable',
  title: 'The machine of a node is off or cannot be reached',
  role: 'cause',
  explanation: {
    whatItIs: 'Not only the kubelet but the machine does not answer: it is off, crashed, or cut off from the network.',
    howItLooks: 'The node is NotReady with status Unknown, and neither ping nor SSH gets through.',
    whyItHappens: 'The provider took the machine away, its hardware or kernel died, or a switch, route or firewall failed.',
    whatStopsTheBleeding:
      'Let its pods be made elsewhere; once the machine is known to be off, taint it out-of-service so that its volumes are freed.',
    whatFixesIt: 'Bring the machine back or replace it, and delete the Node object if it never returns.',
    howToPreventIt: 'Spread replicas over nodes and zones, keep spare capacity for one node, and let an autoscaler replace dead machines.',
  },
  sources: [
    'https://kubernetes.io/docs/concepts/cluster-administration/node-shutdown/#non-graceful-node-shutdown',
    'https://kubernetes.io/docs/reference/labels-annotations-taints/#node-cloudprovider-kubernetes-io-shutdown',
  ],
  needs: ['nodes'],
  helpedBy: ['replicas', 'connectivity-probes'],
  explains: ['kubelet-stopped', 'kube-proxy-rules-incomplete', 'kube-proxy-down', ...brokenByLostNode],
  mitigations: ['cordon-node'],
  recognise: (facts) =>
    facts.nodes.all.flatMap((node): readonly Finding[] => {
      const ready = readyOf(node);
      const [first, ...more] = machineSilence(node, facts['connectivity-probes']);
      if (ready?.status !== 'Unknown' || first === undefined) return [];
      const { name } = node.metadata;
      return [
        nodeFinding(
          {
            node: name,
            weight: 'conclusive',
            since: ready.lastTransitionTime,
            because: [
              claim(`The machine ${name} does not answer.`, first, ...more),
              conditionClaim(node, ready, `${name} has stopped reporting as well.`),
            ],
          },
          facts.replicas,
        ),
      ];
    }),
  recognises: [
    {
      story: 'The node has stopped reporting and its address does not answer.',
      given: {
        nodes: [exampleNode({ name: 'node-1', status: silent })],
        'connectivity-probes': [exampleProbe({ node: 'node-2', host: '192.0.2.21', port: 22, outcome: 'timed-out' })],
      },
      finds: [{ kind: 'Node', name: 'node-1' }],
    },
    {
      story: 'The provider says that the machine is off.',
      given: {
        nodes: [
          exampleNode({
            name: 'node-1',
            status: silent,
            spec: { taints: [{ key: 'node.cloudprovider.kubernetes.io/shutdown', effect: 'NoSchedule' }] },
          }),
        ],
      },
      finds: [{ kind: 'Node', name: 'node-1' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'SSH answers: only the kubelet is gone.',
      given: {
        nodes: [exampleNode({ name: 'node-1', status: silent })],
        'connectivity-probes': [exampleProbe({ node: 'node-2', host: '192.0.2.21', port: 22, outcome: 'connected' })],
      },
    },
    {
      story: 'No machine answers on that port from there: a firewall keeps everybody out.',
      given: {
        nodes: [exampleNode({ name: 'node-1', status: silent })],
        'connectivity-probes': ['192.0.2.21', '192.0.2.22'].map((host) =>
          exampleProbe({ node: 'node-2', host, port: 10_250, outcome: 'timed-out' }),
        ),
      },
    },
    {
      story: 'The node has stopped reporting and nobody tried to reach the machine.',
      given: { nodes: [exampleNode({ name: 'node-1', status: silent })] },
    },
  ],
});
