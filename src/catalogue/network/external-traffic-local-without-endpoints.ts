import { citeObject, claim } from '../../domain/citation.ts';
import { endpointCitation } from '../../domain/endpoint-citation.ts';
import type { ConnectivityProbe } from '../../domain/evidence.ts';
import { citeProbe } from '../../domain/citation.ts';
import { exampleProbe, exampleService, exampleSlice } from '../../domain/example-network.ts';
import { exampleNode, examplePod } from '../../domain/example-objects.ts';
import { defineFailureMode, type Finding } from '../../domain/failure-mode.ts';
import type { Node } from '../../domain/kubernetes/node.ts';
import { servingNodes } from '../../domain/serving-nodes.ts';
import { subject } from '../../domain/subject.ts';

export const externalTrafficLocalWithoutEndpoints = defineFailureMode({
  id: 'external-traffic-local-without-endpoints',
  title: 'Outside traffic reaches nodes that have no endpoint of the Service',
  role: 'cause',
  explanation: {
    whatItIs:
      'With externalTrafficPolicy Local a node only serves endpoints that run on itself, and traffic is sent to nodes that have none.',
    howItLooks:
      'A part of the connections from outside hangs, depending on the node that they come to; from inside the cluster all is well.',
    whyItHappens: 'Clients or a load balancer without health checks use node ports of every node, or all pods were moved to few nodes.',
    whatStopsTheBleeding: 'Set externalTrafficPolicy to Cluster, or run one pod on each node that gets traffic.',
    whatFixesIt: "Let the load balancer check the Service's health-check node port, or run the workload as a DaemonSet.",
    howToPreventIt: 'Probe every node port from outside.',
  },
  sources: [
    'https://kubernetes.io/docs/tasks/access-application-cluster/create-external-load-balancer/#preserving-the-client-source-ip',
    'https://kubernetes.io/docs/reference/networking/virtual-ips/#external-traffic-policy',
  ],
  needs: ['service-backends', 'connectivity-probes'],
  helpedBy: ['nodes'],
  explains: [],
  mitigations: [],
  recognise: (facts) =>
    facts['service-backends'].all.flatMap((backend): readonly Finding[] => {
      const { metadata, spec } = backend.service;
      if (spec.externalTrafficPolicy !== 'Local' || !['NodePort', 'LoadBalancer'].includes(spec.type ?? '')) return [];
      const serving = servingNodes(backend);
      const failed = facts['connectivity-probes']
        .filter(
          (probe) =>
            probe.outcome === 'timed-out' && spec.ports.some((port) => port.nodePort !== undefined && port.nodePort === probe.port),
        )
        .flatMap((probe) => {
          const node = facts.nodes?.all.find((each) => isOf(each, probe));
          return node === undefined || serving.has(node.metadata.name) ? [] : [{ node, probe }];
        });
      const [first, ...more] = failed;
      if (first === undefined || serving.size === 0) return [];
      const own = subject('Service', metadata.namespace, metadata.name);
      return [
        {
          subject: own,
          weight: 'conclusive',
          because: [
            claim(
              `${first.node.metadata.name} has no endpoint of Service ${metadata.name}, and with externalTrafficPolicy Local it drops what comes from outside.`,
              citeObject(backend.service, 'externalTrafficPolicy: Local'),
              citeProbe(first.probe, 'timed-out'),
              ...more.slice(0, 3).map((each) => citeProbe(each.probe, 'timed-out')),
            ),
            claim(
              `Endpoints run on ${[...serving].toSorted().join(', ')} only.`,
              endpointCitation(backend, `nodes ${[...serving].toSorted().join(', ')}`),
            ),
          ],
          affects: [own],
        },
      ];
    }),
  recognises: [
    {
      story: 'The node port of node-2, which runs no pod of it, does not answer.',
      given: {
        ...world('Local'),
        'connectivity-probes': [exampleProbe({ node: 'outside', host: '192.0.2.22', port: 30080, outcome: 'timed-out' })],
      },
      finds: [{ kind: 'Service', namespace: 'shop', name: 'web' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'The node that does not answer has an endpoint: it is something else.',
      given: {
        ...world('Local'),
        'connectivity-probes': [exampleProbe({ node: 'outside', host: '192.0.2.21', port: 30080, outcome: 'timed-out' })],
      },
    },
    {
      story: 'Every node serves every endpoint.',
      given: {
        ...world('Cluster'),
        'connectivity-probes': [exampleProbe({ node: 'outside', host: '192.0.2.22', port: 30080, outcome: 'timed-out' })],
      },
    },
  ],
});

function isOf(node: Node, probe: ConnectivityProbe): boolean {
  return node.metadata.name === probe.host || node.status.addresses.some((address) => address.address === probe.host);
}

function world(externalTrafficPolicy: string): { readonly [kind: string]: readonly ReturnType<typeof examplePod>[] } {
  return {
    pods: [examplePod({ name: 'web-1-a' })],
    nodes: ['1', '2'].map((number) =>
      exampleNode({ name: `node-${number}`, status: { addresses: [{ type: 'InternalIP', address: `192.0.2.2${number}` }] } }),
    ),
    services: [exampleService({ name: 'web', ports: [{ port: 80, nodePort: 30080 }], spec: { type: 'NodePort', externalTrafficPolicy } })],
    endpointslices: [exampleSlice({ service: 'web', ready: ['10.244.1.10'], node: 'node-1' })],
  };
}
