import { type Claim, citeObject, citeProbe, claimFromAll } from '../../domain/citation.ts';
import { type ExampleEvidence, minutesAgo } from '../../domain/example.ts';
import { crashLooping, exampleNode, examplePod } from '../../domain/example-objects.ts';
import { exampleProbe, exampleRules, exampleService, exampleSlice } from '../../domain/example-network.ts';
import { defineFailureMode, type Finding, type Step, type Weight } from '../../domain/failure-mode.ts';
import { kubeProxyOn, type ProxyRestart, kubeProxyRestart } from '../../domain/kube-proxy.ts';
import { servicePaths, type ServicePath, unreachedPorts } from '../../domain/service-path.ts';
import { judgeServiceRules, type RulesVerdict } from '../../domain/service-rules-shortfall.ts';
import { serviceGrowth } from '../../domain/service-growth.ts';
import { subject } from '../../domain/subject.ts';

export const kubeProxyRulesIncomplete = defineFailureMode({
  id: 'kube-proxy-rules-incomplete',
  title: 'kube-proxy has not programmed all service rules on a node',
  role: 'cause',
  explanation: {
    whatItIs:
      'kube-proxy turns every Service address into rules on each node. On one node part of these rules is missing, so connections from its pods to those Services go nowhere.',
    howItLooks:
      'Only pods on one node fail to connect to Services, although the node is Ready and the same pods work elsewhere. The endpoints behind the Services answer when they are called directly.',
    whyItHappens:
      'kube-proxy was killed or restarted and has to write all rules again, most often because its memory limit is too small for the number of Services, or it cannot write them at all.',
    whatStopsTheBleeding: 'Cordon the node and move the affected pods to other nodes.',
    whatFixesIt:
      'Give kube-proxy the memory that the number of Services needs, let it sync, compare its rules with the Services, and only then uncordon the node.',
    howToPreventIt:
      'Alert on restarts of kube-proxy and on its sync time, and size its memory limit with the number of Services and endpoints.',
  },
  sources: [
    'https://kubernetes.io/docs/reference/networking/virtual-ips/',
    'https://kubernetes.io/docs/tasks/debug/debug-application/debug-service/#is-the-kube-proxy-working',
  ],
  needs: ['replicas'],
  helpedBy: [
    'node-reports',
    'connectivity-probes',
    'log-clues',
    'service-backends',
    'services',
    'daemonsets',
    'controllerrevisions',
    'nodes',
  ],
  explains: [
    'dependency-refuses-connections',
    'dependency-times-out',
    'dns-failing',
    'dns-name-wrong',
    'container-exceeds-memory-limit',
    'kube-proxy-down',
    'degraded-node-link',
    'liveness-probe-misconfigured',
    'readiness-probe-misconfigured',
    'startup-probe-too-short',
    'init-container-blocked',
  ],
  mitigations: ['cordon-node'],
  recognise(facts) {
    const paths = servicePaths(facts);
    const reports = facts['node-reports'] ?? [];
    const nodes = [...new Set([...paths.map((path) => path.node), ...reports.map((report) => report.node)])].toSorted();
    return nodes.flatMap((node): readonly Finding[] => {
      const report = reports.find((each) => each.node === node);
      const path = paths.find((each) => each.node === node);
      const rules = judgeServiceRules(report, reports, unreachedPorts(path, facts['service-backends']));
      const restart = kubeProxyRestart(node, { replicas: facts.replicas, report, until: facts.now });
      const weight = weigh(path, rules, restart);
      const because = weight === undefined ? [] : evidence(path, rules, restart);
      const [first, ...more] = because;
      if (weight === undefined || first === undefined) return [];
      const failing = (path?.failing ?? facts.replicas.onNode(node).filter((replica) => replica.health === 'failing')).filter(
        ({ pod }) => pod.spec.hostNetwork !== true,
      );
      const proxy = kubeProxyOn(node, facts.replicas);
      // The status keeps only the latest restart, so the first failures may be older than it.
      const since = earliest([
        ...(restart?.at === undefined ? [] : [restart.at]),
        ...failing.flatMap((replica) => replica.failingSince ?? []),
      ]);
      return [
        {
          subject: subject('Node', undefined, node),
          weight,
          because: [first, ...more],
          against: rules.state === 'complete' ? [rules.claim] : [],
          contributing: restart?.isMemoryKill === true ? serviceGrowth(facts, restart.memoryLimit) : [],
          ...(since === undefined ? {} : { since }),
          affects: [
            subject('Node', undefined, node),
            ...[...failing, ...(proxy === undefined ? [] : [proxy])].map(({ pod }) =>
              subject('Pod', pod.metadata.namespace, pod.metadata.name),
            ),
          ],
          steps: stepsOf(node, rules, restart, connectionClaims(path)),
          wouldSettle: weight === 'conclusive' ? [] : settle(node, path),
        },
      ];
    });
  },
  recognises: [
    {
      story:
        'kube-proxy of worker-3 was killed at its memory limit; a third of its rules is there, and its pods reach the endpoint but not the Service.',
      given: {
        ...world('OOMKilled'),
        'node-commands': [
          exampleRules('worker-3', ['shop/db:pg']),
          exampleRules('worker-1', ['shop/db:pg', 'shop/a', 'shop/b', 'shop/c', 'shop/d', 'shop/e']),
        ],
        'connectivity-probes': [
          exampleProbe({ from: 'pay-1-a', node: 'worker-3', host: '10.96.45.12', port: 5432, outcome: 'timed-out' }),
          exampleProbe({ from: 'pay-1-a', node: 'worker-3', host: '10.244.1.20', port: 5432, outcome: 'connected' }),
          exampleProbe({ from: 'pay-1-b', node: 'worker-1', host: '10.96.45.12', port: 5432, outcome: 'connected' }),
        ],
      },
      finds: [{ kind: 'Node', name: 'worker-3' }],
    },
    {
      story: 'Of many rules one alone is missing on worker-3: that of the Service which it does not reach.',
      given: {
        ...world(undefined),
        'node-commands': [exampleRules('worker-3', ['shop/other:http']), exampleRules('worker-1', ['shop/other:http', 'shop/db:pg'])],
        'connectivity-probes': [
          exampleProbe({ node: 'worker-3', host: '10.96.45.12', port: 5432, outcome: 'timed-out' }),
          exampleProbe({ node: 'worker-1', host: '10.96.45.12', port: 5432, outcome: 'connected' }),
        ],
      },
      finds: [{ kind: 'Node', name: 'worker-3' }],
    },
    {
      story: 'No node command was run, but the Service times out from one node only and kube-proxy there has just been killed.',
      given: {
        ...world('OOMKilled'),
        'connectivity-probes': [
          exampleProbe({ from: 'pay-1-a', node: 'worker-3', host: 'db', port: 5432, outcome: 'timed-out' }),
          exampleProbe({ from: 'pay-1-b', node: 'worker-1', host: 'db', port: 5432, outcome: 'connected' }),
        ],
      },
      finds: [{ kind: 'Node', name: 'worker-3' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'The database is down: its Service refuses from every node.',
      given: {
        ...world(undefined),
        'connectivity-probes': [
          exampleProbe({ from: 'pay-1-a', node: 'worker-3', host: 'db', port: 5432, outcome: 'refused' }),
          exampleProbe({ from: 'pay-1-b', node: 'worker-1', host: 'db', port: 5432, outcome: 'refused' }),
        ],
      },
    },
    {
      story: 'Nothing in the pod network is reached from the node, not even the endpoint itself: that is the pod network, not kube-proxy.',
      given: {
        ...world(undefined),
        'connectivity-probes': [
          exampleProbe({ from: 'pay-1-a', node: 'worker-3', host: 'db', port: 5432, outcome: 'timed-out' }),
          exampleProbe({ from: 'pay-1-a', node: 'worker-3', host: '10.244.1.20', port: 5432, outcome: 'timed-out' }),
          exampleProbe({ from: 'pay-1-b', node: 'worker-1', host: 'db', port: 5432, outcome: 'connected' }),
        ],
      },
    },
    {
      story: 'kube-proxy was killed a moment ago, nobody suffers and the rules are complete.',
      given: {
        ...world('OOMKilled'),
        'node-commands': [exampleRules('worker-3', ['shop/db:pg']), exampleRules('worker-1', ['shop/db:pg'])],
      },
    },
  ],
});

/** Undefined: nothing points at this node's rules. */
function weigh(path: ServicePath | undefined, rules: RulesVerdict, restart: ProxyRestart | undefined): Weight | undefined {
  const isOnlyHere = path !== undefined && path.failed.length > 0 && path.fineElsewhere.length > 0;
  const isDirectFine = path !== undefined && path.failed.length > 0 && path.directFine.length > 0 && path.failedElsewhere.length === 0;
  const hasClues = (path?.clues.length ?? 0) > 0 && (path?.failedElsewhere.length ?? 0) === 0;
  const isPodNetwork = path !== undefined && path.directFailed.length > 0 && path.directFine.length === 0;
  const isSuffered = isOnlyHere || isDirectFine || hasClues;
  if (rules.state === 'incomplete') {
    if (isSuffered && !isPodNetwork)
      return rules.shortfall.basis === 'exact' || restart !== undefined || isOnlyHere ? 'conclusive' : 'strong';
    if (rules.shortfall.basis === 'exact' && rules.shortfall.isConfirmedElsewhere) return 'strong';
    return restart === undefined ? 'weak' : 'strong';
  }
  if (!isSuffered || isPodNetwork) return undefined;
  if (rules.state === 'complete') return restart === undefined ? 'weak' : 'strong';
  if (restart !== undefined) return isDirectFine && isOnlyHere ? 'conclusive' : 'strong';
  return isDirectFine ? 'strong' : 'suggestive';
}

function evidence(path: ServicePath | undefined, rules: RulesVerdict, restart: ProxyRestart | undefined): readonly Claim[] {
  return [...(rules.state === 'incomplete' ? rules.shortfall.claims : []), ...connectionClaims(path), ...(restart?.claims ?? [])];
}

function connectionClaims(path: ServicePath | undefined): readonly Claim[] {
  if (path === undefined) return [];
  const [failed] = path.failed;
  const cites = (probes: ServicePath['failed']): readonly ReturnType<typeof citeProbe>[] =>
    probes.slice(0, 2).map((probe) => citeProbe(probe, `${probe.outcome} ${probe.detail}`.trim()));
  const target = failed === undefined ? '' : `${failed.host}${failed.port === undefined ? '' : `:${failed.port}`}`;
  const elsewhere = path.fineElsewhere.length > 0 ? ', while other nodes reach it' : '';
  return [
    claimFromAll(`From ${path.node} the Service ${target} ${spokenOutcome(failed)}${elsewhere}.`, [
      ...cites(path.failed),
      ...(failed === undefined ? [] : cites(path.fineElsewhere)),
    ]),
    claimFromAll(
      `An endpoint is reached directly from ${path.node}: the network works and only the Service's address does not.`,
      failed === undefined ? [] : cites(path.directFine),
    ),
    claimFromAll(
      `Failing pods on ${path.node} cannot connect to Services: "${path.clues[0]?.line ?? ''}".`,
      path.clues.slice(0, 3).map((clue) => clue.citation),
    ),
    claimFromAll(
      'The same workloads are healthy on other nodes with the same Services.',
      path.twins.slice(0, 2).map(({ pod }) => citeObject(pod, `Ready on ${pod.spec.nodeName ?? '?'}`)),
    ),
  ].filter((each) => each !== undefined);
}

function stepsOf(node: string, rules: RulesVerdict, restart: ProxyRestart | undefined, connections: readonly Claim[]): readonly Step[] {
  const incomplete = `Part of the service rules is missing on ${node}`;
  const end = restart?.isMemoryKill === true ? `kube-proxy on ${node} is killed for memory` : `kube-proxy on ${node} restarts`;
  const [connection] = connections;
  return [
    ...(restart?.isMemoryKill === true && restart.memoryLimit !== undefined
      ? [{ from: `kube-proxy may use ${restart.memoryLimit} of memory`, to: end, because: restart.claims }]
      : []),
    ...(restart === undefined
      ? []
      : [{ from: end, to: incomplete, because: rules.state === 'incomplete' ? rules.shortfall.claims : restart.claims }]),
    ...(connection === undefined
      ? []
      : [{ from: incomplete, to: `Pods on ${node} cannot connect to Services`, because: [connection] as const }]),
  ];
}

function settle(node: string, path: ServicePath | undefined): readonly string[] {
  const host = path?.failed[0]?.host ?? path?.clues[0]?.host ?? 'the ClusterIP';
  const port = path?.failed[0]?.port ?? path?.clues[0]?.port;
  const target = port === undefined ? host : `${host} ${port}`;
  return [
    `From a pod on ${node}: "nc -zv ${target}", then the same against an endpoint's own address. Only the first fails: kube-proxy. Both fail: the pod network (CNI).`,
    `On ${node} and on a healthy node: "iptables -t nat -L KUBE-SERVICES | wc -l" (or "nft list table ip kube-proxy"), and compare the counts.`,
  ];
}

function spokenOutcome(probe: ServicePath['failed'][number] | undefined): string {
  if (probe?.outcome === 'refused') return 'refuses connections';
  return probe?.outcome === 'timed-out' ? 'does not answer' : 'is not reached';
}

function earliest(times: readonly number[]): number | undefined {
  return times.length === 0 ? undefined : Math.min(...times);
}

function world(lastEnd: 'OOMKilled' | undefined): ExampleEvidence {
  const ended =
    lastEnd === undefined
      ? {}
      : { restartCount: 3, lastState: { terminated: { reason: lastEnd, exitCode: 137, finishedAt: minutesAgo(6) } } };
  const proxy = { name: 'kube-proxy', resources: { limits: { memory: '128Mi' } } };
  const names = ['a', 'b', 'c', 'd', 'e'];
  return {
    pods: [
      examplePod({ name: 'pay-1-a', node: 'worker-3', isReady: false, status: crashLooping({ exitCode: 1 }) }),
      examplePod({ name: 'pay-1-b', node: 'worker-1' }),
      examplePod({ name: 'db-0', node: 'worker-1', owner: { kind: 'StatefulSet', name: 'db' }, podStatus: { podIP: '10.244.1.20' } }),
      ...['worker-1', 'worker-3'].map((node) =>
        examplePod({
          name: `kube-proxy-${node}`,
          namespace: 'kube-system',
          node,
          owner: { kind: 'DaemonSet', name: 'kube-proxy' },
          container: proxy,
          spec: { hostNetwork: true },
          status: node === 'worker-3' ? ended : {},
        }),
      ),
    ],
    nodes: [exampleNode({ name: 'worker-1' }), exampleNode({ name: 'worker-3' })],
    services: [
      exampleService({ name: 'db', clusterIP: '10.96.45.12', ports: [{ name: 'pg', port: 5432 }] }),
      ...names.map((name, index) => exampleService({ name, clusterIP: `10.96.0.${index + 10}` })),
    ],
    endpointslices: [
      exampleSlice({ service: 'db', port: { name: 'pg', port: 5432 }, ready: ['10.244.1.20'] }),
      ...names.map((name, index) => exampleSlice({ service: name, ready: [`10.244.2.${index + 1}`] })),
    ],
  };
}
