import { citeNodeCommand, citeProbe, type Claim, claimFromAll } from '../../domain/citation.ts';
import { citeEvent, firstSeenAt, isRecentEvent } from '../../domain/event-index.ts';
import { exampleProbe, exampleService } from '../../domain/example-network.ts';
import { exampleEvent, exampleNode, examplePod } from '../../domain/example-objects.ts';
import { defineFailureMode, type Finding, type Weight } from '../../domain/failure-mode.ts';
import { millisecondsPerHour } from '../../domain/instant.ts';
import type { Event } from '../../domain/kubernetes/workload.ts';
import { readyOf, unhealthyConditions } from '../../domain/node-conditions.ts';
import { brokenByLostNode, conditionClaim, nodeFinding } from '../../domain/node-finding.ts';
import { kubeProxyRestart } from '../../domain/kube-proxy.ts';
import { servicePaths } from '../../domain/service-path.ts';
import { judgeServiceRules } from '../../domain/service-rules-shortfall.ts';

/** The sandbox is a pod's network; other reasons for a failing sandbox name the runtime or a limit instead. */
const isNetworks = /network|cni|plugin type=|failed to set up|IPAM|assign an IP|no IP addresses|add cmd/i;
const isExhausted =
  /no IP addresses available|failed to allocate for range|no available ip|insufficient.*address|InsufficientFreeAddresses|not enough.*ip/i;
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
  explains: ['degraded-node-link', 'dns-name-wrong', 'init-container-blocked', 'startup-probe-too-short', ...brokenByLostNode],
  mitigations: ['cordon-node'],
  recognise(facts): readonly Finding[] {
    const paths = servicePaths(facts);
    const events = (facts.events?.all ?? []).filter(
      (event) =>
        event.reason === 'FailedCreatePodSandBox' &&
        isNetworks.test(event.message ?? '') &&
        !isExhausted.test(event.message ?? '') &&
        isRecentEvent(event, facts.now),
    );
    const nodeOf = (event: Event): string | undefined =>
      facts.replicas.ofPod(event.involvedObject.namespace, event.involvedObject.name)?.pod.spec.nodeName ?? event.source.host;
    const names = [
      ...new Set([
        ...(facts.nodes?.all ?? []).map((node) => node.metadata.name),
        ...events.flatMap((event) => nodeOf(event) ?? []),
        ...paths.map((path) => path.node),
      ]),
    ].toSorted();
    return names.flatMap((name): readonly Finding[] => {
      const node = facts.nodes?.named(undefined, name);
      const ready = node === undefined ? undefined : readyOf(node);
      const conditions =
        node === undefined ? [] : unhealthyConditions(node, 'network').filter((each) => each.type !== 'FrequentUnregisterNetDevice');
      const isMissing = ready?.status === 'False' && pluginIsMissing.test(ready.message ?? '');
      const own = events.filter((event) => nodeOf(event) === name);
      const path = paths.find((each) => each.node === name);
      const isCutOff =
        path !== undefined && path.directFailed.length > 0 && path.directFine.length === 0 && path.failedElsewhere.length === 0;
      // From logs alone this node's pod network and its kube-proxy look the same.
      const isPerhaps =
        path !== undefined &&
        path.directFine.length === 0 &&
        path.directFailed.length === 0 &&
        (path.clues.length > 0 || (path.failed.length > 0 && path.fineElsewhere.length > 0));
      const reports = facts['node-reports'] ?? [];
      const report = reports.find((each) => each.node === name);
      const isProxySuspect =
        judgeServiceRules(report, reports).state === 'incomplete' ||
        kubeProxyRestart(name, { replicas: facts.replicas, report, until: facts.now }) !== undefined;
      const journal = (report?.findings ?? []).filter(
        (each) =>
          each.kind === 'cni-error' && !isExhausted.test(each.line) && (each.at === undefined || facts.now - each.at < millisecondsPerHour),
      );
      const claims: readonly (Claim | undefined)[] = [
        ...(node === undefined ? [] : conditions.map((condition) => conditionClaim(node, condition, `${name} reports ${condition.type}.`))),
        isMissing && node !== undefined && ready !== undefined
          ? conditionClaim(node, ready, `The kubelet of ${name} says that its network plugin is not ready.`)
          : undefined,
        claimFromAll(`Pods on ${name} get no network: "${(own[0]?.message ?? '').slice(0, 200)}".`, own.slice(0, 3).map(citeEvent)),
        claimFromAll(
          `From ${name} not even endpoints answer that are addressed directly, so it is not the Service rules.`,
          isCutOff ? path.directFailed.slice(0, 3).map((probe) => citeProbe(probe, `${probe.outcome} ${probe.detail}`.trim())) : [],
        ),
        claimFromAll(
          `${name} logs: "${journal[0]?.line.slice(0, 200) ?? ''}".`,
          journal.slice(0, 2).map((each) => citeNodeCommand(name, each.command, each.line.slice(0, 200))),
        ),
        isPerhaps
          ? claimFromAll(`Failing pods on ${name} do not reach Services, while other nodes do.`, [
              ...path.clues.slice(0, 2).map((clue) => clue.citation),
              ...path.failed.slice(0, 2).map((probe) => citeProbe(probe, probe.outcome)),
            ])
          : undefined,
      ];
      const [first, ...more] = claims.filter((each) => each !== undefined);
      const weight = weigh({
        isStated: isMissing || conditions.length > 0,
        sandboxes: own.length,
        isCutOff,
        hasJournal: journal.length > 0,
        isPerhaps,
        isProxySuspect,
      });
      if (first === undefined || weight === undefined) return [];
      const times = [
        ready?.status === 'True' ? undefined : ready?.lastTransitionTime,
        conditions[0]?.lastTransitionTime,
        own[0] === undefined ? undefined : firstSeenAt(own[0]),
      ].filter((each) => each !== undefined);
      return [
        nodeFinding(
          {
            node: name,
            weight,
            because: [first, ...more],
            since: times.length === 0 ? undefined : Math.min(...times),
            wouldSettle:
              weight === 'conclusive'
                ? []
                : [
                    `From a pod on ${name}: connect to a pod of another node by its own address. If that works, the pod network is well and kube-proxy is the suspect.`,
                  ],
          },
          facts.replicas,
        ),
      ];
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

/** One sandbox that fails may be that pod's; two on one node are the node's. Undefined: nothing points at the pod network. */
function weigh(seen: {
  readonly isStated: boolean;
  readonly sandboxes: number;
  readonly isCutOff: boolean;
  readonly hasJournal: boolean;
  readonly isPerhaps: boolean;
  readonly isProxySuspect: boolean;
}): Weight | undefined {
  if (seen.isStated) return 'conclusive';
  if (seen.isCutOff || seen.sandboxes >= 2 || (seen.sandboxes > 0 && seen.hasJournal)) return 'strong';
  if (seen.sandboxes > 0) return 'suggestive';
  if (seen.isPerhaps) return seen.isProxySuspect ? 'weak' : 'suggestive';
  return seen.hasJournal ? 'weak' : undefined;
}
