import { saysNoAddressIsLeft } from '../../domain/address-pool.ts';
import { citeNodeCommand, citeObject, citeProbe, type Claim, claim, claimFromAll } from '../../domain/citation.ts';
import { citeEvent, firstSeenAt } from '../../domain/event-index.ts';
import { exampleProbe, exampleService } from '../../domain/example-network.ts';
import { exampleEvent } from '../../domain/example-happenings.ts';
import { exampleNode, examplePod } from '../../domain/example-objects.ts';
import type { Facts } from '../../domain/facts.ts';
import { failedSandboxes } from '../../domain/failed-sandboxes.ts';
import { defineFailureMode, type Finding, type Weight } from '../../domain/failure-mode.ts';
import { millisecondsPerHour } from '../../domain/instant.ts';
import type { Condition } from '../../domain/kubernetes/metadata.ts';
import type { Node } from '../../domain/kubernetes/node.ts';
import type { Event } from '../../domain/kubernetes/workload.ts';
import type { NodeReport } from '../../domain/node-report.ts';
import { isJoining, readyOf, unhealthyConditions } from '../../domain/node-conditions.ts';
import { failingNetworkAgent } from '../../domain/network-agent.ts';
import { brokenByLostNode, conditionClaim, nodeFinding } from '../../domain/node-finding.ts';
import { kubeProxyRestart } from '../../domain/kube-proxy.ts';
import type { Replica } from '../../domain/replica.ts';
import { type ServicePath, servicePaths, unreachedPorts } from '../../domain/service-path.ts';
import { judgeServiceRules } from '../../domain/service-rules-shortfall.ts';

/** The sandbox is a pod's network; other reasons for a failing sandbox name the runtime or a limit instead. */
const isNetworks = /network|cni|plugin type=|failed to set up|IPAM|assign an IP|no IP addresses|add cmd/i;
const pluginIsMissing =
  /NetworkPluginNotReady|cni plugin not initialized|network plugin (?:is not ready|returns error)|NetworkReady=false/i;

export const cniBrokenOnNode = defineFailureMode({
  id: 'cni-broken-on-node',
  title: 'The pod network does not work on a node',
  role: 'cause',
  explanation: {
    whatItIs:
      'The network plugin (CNI) on one node is missing, not ready or broken, so pods there get no network or cannot reach other pods.',
    howItLooks:
      'Pods of that node stay in ContainerCreating with FailedCreatePodSandBox, or run but reach no pod of another node, not even by its own address.',
    whyItHappens:
      "The plugin's agent crashed on that node, its configuration or binaries are gone, or routes and tunnels to the node are broken.",
    whatStopsTheBleeding: 'Cordon the node and move its pods to other nodes.',
    whatFixesIt: "Restart or repair the plugin's agent on the node, and look at its log, /etc/cni/net.d and the routes.",
    howToPreventIt: "Alert where the plugin's DaemonSet is not ready on every node, and probe pod-to-pod connections between nodes.",
  },
  sources: [
    'https://kubernetes.io/docs/concepts/extend-kubernetes/compute-storage-net/network-plugins/',
    'https://kubernetes.io/docs/tasks/debug/debug-cluster/',
  ],
  needs: ['replicas'],
  helpedBy: ['nodes', 'events', 'node-reports', 'connectivity-probes', 'log-clues', 'service-backends'],
  explains: ['dns-name-wrong', 'init-container-blocked', 'startup-probe-too-short', ...brokenByLostNode],
  mitigations: ['cordon-node'],
  recognise(facts): readonly Finding[] {
    const paths = servicePaths(facts);
    const sandboxes = failedSandboxes(facts).filter(
      ({ event }) => isNetworks.test(event.message ?? '') && !saysNoAddressIsLeft(event.message ?? ''),
    );
    const known = [
      ...(facts.nodes?.all ?? []).map((node) => node.metadata.name),
      ...sandboxes.map(({ node }) => node),
      ...paths.map((path) => path.node),
    ];
    return [...new Set(known)].toSorted().flatMap((name): readonly Finding[] => {
      const own = sandboxes.filter(({ node }) => node === name).map(({ event }) => event);
      const seen = look(name, { events: own, path: paths.find((path) => path.node === name), facts });
      const weight = weigh(seen);
      const [first, ...more] = evidence(seen);
      if (first === undefined || weight === undefined) return [];
      const times = [
        seen.ready?.status === 'True' ? undefined : seen.ready?.lastTransitionTime,
        seen.conditions[0]?.lastTransitionTime,
        ...own.slice(0, 1).map(firstSeenAt),
      ];
      const since = times.filter((each) => each !== undefined);
      const toTell = `From a pod on ${name}: connect to a pod of another node by its own address. If that works, the pod network is well and kube-proxy is the suspect.`;
      const parts = { node: name, weight, because: [first, ...more] as const, wouldSettle: weight === 'conclusive' ? [] : [toTell] };
      return [nodeFinding({ ...parts, since: since.length === 0 ? undefined : Math.min(...since) }, facts.replicas)];
    });
  },
  recognises: [
    {
      story: 'Sandboxes fail on node-1 because its plugin does not answer.',
      given: {
        nodes: [exampleNode({ name: 'node-1' }), exampleNode({ name: 'node-2' })],
        pods: ['cart-1-a', 'cart-1-b'].map((name) =>
          examplePod({ name, isReady: false, phase: 'Pending', podStatus: { containerStatuses: [] } }),
        ),
        events: ['cart-1-a', 'cart-1-b'].map((name) =>
          exampleEvent({
            about: { kind: 'Pod', name },
            reason: 'FailedCreatePodSandBox',
            message:
              'Failed to create pod sandbox: rpc error: failed to setup network for sandbox "1f": plugin type="calico" failed (add): dial unix /var/run/calico: connect: no such file',
          }),
        ),
      },
      finds: [{ kind: 'Node', name: 'node-1' }],
    },
    {
      story: 'The kubelet has no network plugin.',
      given: {
        pods: [],
        nodes: [
          exampleNode({
            name: 'node-1',
            status: {
              conditions: [
                {
                  type: 'Ready',
                  status: 'False',
                  message:
                    'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:cni plugin not initialized',
                },
              ],
            },
          }),
        ],
      },
      finds: [{ kind: 'Node', name: 'node-1' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'A node has stopped reporting, and pods on it do not answer its neighbour.',
      given: {
        nodes: [exampleNode({ name: 'node-1', isReady: false }), exampleNode({ name: 'node-2' })],
        pods: [examplePod({ name: 'cart-1-a', node: 'node-1', podStatus: { podIP: '10.244.1.9' } })],
        'connectivity-probes': [exampleProbe({ node: 'node-2', host: '10.244.1.9', port: 8080, outcome: 'timed-out' })],
      },
    },
    {
      story: 'A sandbox failed once for a moment while the agent was updated, an hour ago.',
      given: {
        nodes: [exampleNode({ name: 'node-1' })],
        pods: [examplePod({ name: 'cart-1-a' })],
        events: [
          exampleEvent({
            about: { kind: 'Pod', name: 'cart-1-a' },
            reason: 'FailedCreatePodSandBox',
            message: 'failed to setup network for sandbox',
            minutesAgo: 60,
          }),
        ],
      },
    },
    {
      story: 'From the node the Service fails, and the endpoint behind it answers: the pod network is well.',
      given: {
        nodes: [exampleNode({ name: 'node-1' }), exampleNode({ name: 'node-2' })],
        pods: [examplePod({ name: 'cart-1-a', podStatus: { podIP: '10.244.1.20' } })],
        services: [exampleService({ name: 'cart', clusterIP: '10.96.9.9' })],
        'connectivity-probes': [
          exampleProbe({ from: 'debug', node: 'node-1', host: '10.96.9.9', port: 80, outcome: 'timed-out' }),
          exampleProbe({ from: 'debug', node: 'node-1', host: '10.244.1.20', port: 80, outcome: 'connected' }),
          exampleProbe({ from: 'debug', node: 'node-2', host: '10.96.9.9', port: 80, outcome: 'connected' }),
        ],
      },
    },
  ],
});

type CniFacts = Facts<'replicas', 'nodes' | 'events' | 'node-reports' | 'connectivity-probes' | 'log-clues' | 'service-backends'>;

interface Seen {
  readonly name: string;
  readonly node: Node | undefined;
  readonly ready: Condition | undefined;
  readonly conditions: readonly Condition[];
  /** The kubelet says that it has no network plugin. */
  readonly isMissing: boolean;
  readonly events: readonly Event[];
  readonly journal: NodeReport['findings'];
  readonly path: ServicePath | undefined;
  /** Not even endpoints are reached from here, and others reach what is not reached. */
  readonly isCutOff: boolean;
  /** Services are not reached, which from logs alone looks the same whether the pod network or kube-proxy is at fault. */
  readonly isPerhaps: boolean;
  readonly isProxySuspect: boolean;
  /** The plugin's own pod on the node, where it fails. */
  readonly agent: Replica | undefined;
}

function look(
  name: string,
  given: { readonly events: readonly Event[]; readonly path: ServicePath | undefined; readonly facts: CniFacts },
): Seen {
  const { facts, path, events } = given;
  const node = facts.nodes?.named(undefined, name);
  const ready = node === undefined ? undefined : readyOf(node);
  const reports = facts['node-reports'] ?? [];
  const report = reports.find((each) => each.node === name);
  const isUntried = path !== undefined && path.directFine.length === 0 && path.directFailed.length === 0;
  const isNew = node !== undefined && isJoining(node, facts.now);
  const restart = kubeProxyRestart(name, { replicas: facts.replicas, report, until: facts.now });
  return {
    name,
    node,
    ready,
    conditions:
      node === undefined || isNew ? [] : unhealthyConditions(node, 'network').filter((each) => each.type !== 'FrequentUnregisterNetDevice'),
    isMissing: ready?.status === 'False' && !isNew && pluginIsMissing.test(ready.message ?? ''),
    events,
    journal: (report?.findings ?? []).filter(
      ({ kind, line, at }) =>
        kind === 'cni-error' && !saysNoAddressIsLeft(line) && (at === undefined || facts.now - at < millisecondsPerHour),
    ),
    path,
    isCutOff: path !== undefined && path.directFailed.length > 0 && path.directFine.length === 0 && path.failedElsewhere.length === 0,
    isPerhaps: isUntried && (path.clues.length > 0 || (path.failed.length > 0 && path.fineElsewhere.length > 0)),
    agent: failingNetworkAgent(name, facts.replicas),
    isProxySuspect:
      restart !== undefined || judgeServiceRules(report, reports, unreachedPorts(path, facts['service-backends'])).state === 'incomplete',
  };
}

function evidence({ name, node, ready, conditions, isMissing, events, journal, path, isCutOff, isPerhaps, agent }: Seen): readonly Claim[] {
  const unreached = (path?.failed ?? []).slice(0, 2).map((probe) => citeProbe(probe, probe.outcome));
  const direct = (path?.directFailed ?? []).slice(0, 3).map((probe) => citeProbe(probe, `${probe.outcome} ${probe.detail}`.trim()));
  const said = (path?.clues ?? []).slice(0, 2).map((clue) => clue.citation);
  return [
    ...(node === undefined ? [] : conditions.map((condition) => conditionClaim(node, condition, `${name} reports ${condition.type}.`))),
    isMissing && node !== undefined && ready !== undefined
      ? conditionClaim(node, ready, `The kubelet of ${name} says that its network plugin is not ready.`)
      : undefined,
    claimFromAll(`Pods on ${name} get no network: "${(events[0]?.message ?? '').slice(0, 200)}".`, events.slice(0, 3).map(citeEvent)),
    claimFromAll(
      `From ${name} not even endpoints answer that are addressed directly, so it is not the Service rules.`,
      isCutOff ? direct : [],
    ),
    claimFromAll(
      `${name} logs: "${journal[0]?.line.slice(0, 200) ?? ''}".`,
      journal.slice(0, 2).map((each) => citeNodeCommand(name, each.command, each.line.slice(0, 200))),
    ),
    claimFromAll(`Failing pods on ${name} do not reach Services, while other nodes do.`, isPerhaps ? [...said, ...unreached] : []),
    agent === undefined || (events.length === 0 && !isPerhaps)
      ? undefined
      : claim(
          `${agent.pod.metadata.name}, which keeps up the pod network there, is failing (${agent.troubles[0]?.reason ?? 'not Ready'}).`,
          citeObject(agent.pod, agent.troubles[0]?.reason ?? 'Ready: False', agent.failingSince),
        ),
  ].filter((each) => each !== undefined);
}

/** One sandbox that fails may be that pod's; two on one node, or one beside an agent that fails, are the node's. Undefined: nothing points at the pod network. */
function weigh({ isMissing, conditions, events, journal, isCutOff, isPerhaps, isProxySuspect, agent }: Seen): Weight | undefined {
  if (isMissing || conditions.length > 0) return 'conclusive';
  if (isCutOff || events.length >= 2 || (events.length > 0 && journal.length > 0)) return 'strong';
  if (agent !== undefined && (events.length > 0 || (isPerhaps && !isProxySuspect))) return 'strong';
  if (events.length > 0) return 'suggestive';
  if (isPerhaps) return isProxySuspect ? 'weak' : 'suggestive';
  return journal.length > 0 ? 'weak' : undefined;
}
