import { saysNoAddressIsLeft } from '../../domain/address-pool.ts';
import { citeNodeCommand, citeObject, type Claim, claim, claimFromAll } from '../../domain/citation.ts';
import { citeEvent, firstSeenAt } from '../../domain/event-index.ts';
import { exampleEvent } from '../../domain/example-happenings.ts';
import { exampleNode, examplePod } from '../../domain/example-objects.ts';
import { failedSandboxes } from '../../domain/failed-sandboxes.ts';
import { defineFailureMode, type Finding } from '../../domain/failure-mode.ts';
import { nodeFinding } from '../../domain/node-finding.ts';

export const podAddressesExhausted = defineFailureMode({
  id: 'pod-addresses-exhausted',
  title: 'A node has no pod addresses left',
  role: 'cause',
  explanation: {
    whatItIs: 'Every address that the node may give to pods is taken, so no further pod can start there.',
    howItLooks: 'Pods stay in ContainerCreating; events say "no IP addresses available in range" or "failed to assign an IP address".',
    whyItHappens:
      'The range of a node is smaller than its number of pods, the subnet is full, or addresses of dead pods were never given back.',
    whatStopsTheBleeding: 'Cordon the node so that pods start on others; with leaked addresses a reboot of the drained node frees them.',
    whatFixesIt: 'Use larger ranges or subnets, or lower the number of pods per node; remove addresses of pods that no longer exist.',
    howToPreventIt: 'Alert on free addresses of each node and subnet.',
  },
  sources: [
    'https://www.cni.dev/plugins/current/ipam/host-local/',
    'https://kubernetes.io/docs/concepts/cluster-administration/networking/',
  ],
  needs: ['replicas'],
  helpedBy: ['nodes', 'events', 'node-reports'],
  explains: ['cni-broken-on-node', 'degraded-node-link'],
  mitigations: ['cordon-node'],
  recognise(facts): readonly Finding[] {
    const sandboxes = failedSandboxes(facts).filter(({ event }) => saysNoAddressIsLeft(event.message ?? ''));
    const full = (facts['node-reports'] ?? []).filter(
      (report) => report.podAddresses !== undefined && report.podAddresses.used >= report.podAddresses.available,
    );
    const names = new Set([...sandboxes.map(({ node }) => node), ...full.map((report) => report.node)]);
    return [...names].toSorted().flatMap((name): readonly Finding[] => {
      const own = sandboxes.filter(({ node }) => node === name).map(({ event }) => event);
      const report = full.find((each) => each.node === name);
      const used = report?.podAddresses;
      const node = facts.nodes?.named(undefined, name);
      const living = facts.replicas
        .onNode(name)
        .filter(({ pod }) => pod.spec.hostNetwork !== true && pod.status.phase === 'Running').length;
      const leaked =
        used !== undefined && living < used.available / 2
          ? [
              claim(
                `Only ${living} running pods on ${name} need one: addresses of dead pods were not given back.`,
                citeNodeCommand(name, used.command, `${used.used} given out`),
              ),
            ]
          : [];
      const claims: readonly (Claim | undefined)[] = [
        claimFromAll(`Pods on ${name} get no address: "${(own[0]?.message ?? '').slice(0, 250)}".`, own.slice(0, 3).map(citeEvent)),
        used === undefined
          ? undefined
          : claim(
              `${used.used} of ${used.available} pod addresses of ${name} are given out.`,
              citeNodeCommand(name, used.command, `${used.used} of ${used.available}`),
            ),
      ];
      const [first, ...more] = claims.filter((each) => each !== undefined);
      if (first === undefined) return [];
      return [
        nodeFinding(
          {
            node: name,
            weight: own.length > 0 ? 'conclusive' : 'suggestive',
            because: [first, ...more],
            contributing: [
              ...leaked,
              ...(node?.spec.podCIDR === undefined
                ? []
                : [claim(`The node's range is ${node.spec.podCIDR}.`, citeObject(node, `spec.podCIDR: ${node.spec.podCIDR}`))]),
            ],
            since: own[0] === undefined ? undefined : firstSeenAt(own[0]),
          },
          facts.replicas,
        ),
      ];
    });
  },
  recognises: [
    {
      story: "The plugin's agent answers that its range is full.",
      given: {
        nodes: [exampleNode({ name: 'node-1' })],
        pods: [examplePod({ name: 'cart-1-a', isReady: false, phase: 'Pending', podStatus: { containerStatuses: [] } })],
        events: [
          exampleEvent({
            about: { kind: 'Pod', name: 'cart-1-a' },
            reason: 'FailedCreatePodSandBox',
            message:
              'plugin type="cilium-cni" failed (add): unable to allocate IP via local cilium agent: [POST /ipam][502] postIpamFailure "range is full"',
          }),
        ],
      },
      finds: [{ kind: 'Node', name: 'node-1' }],
    },
    {
      story: 'The range of node-1 is used up.',
      given: {
        nodes: [exampleNode({ name: 'node-1', spec: { podCIDR: '10.244.1.0/28' } })],
        pods: [examplePod({ name: 'cart-1-a', isReady: false, phase: 'Pending', podStatus: { containerStatuses: [] } })],
        events: [
          exampleEvent({
            about: { kind: 'Pod', name: 'cart-1-a' },
            reason: 'FailedCreatePodSandBox',
            message:
              'plugin type="bridge" failed (add): failed to allocate for range 0: no IP addresses available in range set: 10.244.1.1-10.244.1.14',
          }),
        ],
      },
      finds: [{ kind: 'Node', name: 'node-1' }],
    },
  ],
  isNotFooledBy: [
    {
      story: "The plugin's agent does not answer at all.",
      given: {
        nodes: [],
        pods: [examplePod({ name: 'cart-1-a', isReady: false })],
        events: [
          exampleEvent({
            about: { kind: 'Pod', name: 'cart-1-a' },
            reason: 'FailedCreatePodSandBox',
            message: 'unable to allocate IP via local cilium agent: dial unix /var/run/cilium/cilium.sock: connect: connection refused',
          }),
        ],
      },
    },
    {
      story: 'The sandbox fails because the plugin is gone.',
      given: {
        nodes: [],
        pods: [examplePod({ name: 'cart-1-a', isReady: false })],
        events: [
          exampleEvent({
            about: { kind: 'Pod', name: 'cart-1-a' },
            reason: 'FailedCreatePodSandBox',
            message: 'failed to find plugin "bridge" in path [/opt/cni/bin]',
          }),
        ],
      },
    },
    {
      story: 'Many addresses are given out and some are left.',
      given: {
        nodes: [exampleNode({ name: 'node-1', spec: { podCIDR: '10.244.1.0/24' } })],
        pods: [],
        'node-commands': [{ node: 'node-1', command: 'ls /var/lib/cni/networks/pods | wc -l', output: '80\n' }],
      },
    },
  ],
});
