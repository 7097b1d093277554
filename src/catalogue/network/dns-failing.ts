import { type Claim, citeObject, claim, claimFromAll } from '../../domain/citation.ts';
import { asksServerOfCluster, dnsOutOfSight, dnsServers, dnsService, isDnsServer, isTemporary } from '../../domain/cluster-dns.ts';
import { type DeadResolver, deadResolvers } from '../../domain/dead-resolver.ts';
import { blamedBehind } from '../../domain/blamed-backend.ts';
import { distinct } from '../../domain/dependency-trouble.ts';
import { endpointCitation } from '../../domain/endpoint-citation.ts';
import { exampleDeadCache, exampleLookup, exampleLookupsAlone } from '../../domain/example-names.ts';
import { exampleService, exampleSlice } from '../../domain/example-network.ts';
import { crashLooping, examplePod } from '../../domain/example-objects.ts';
import type { Facts } from '../../domain/facts.ts';
import { defineFailureMode, type Finding, type Weight } from '../../domain/failure-mode.ts';
import type { LogClue } from '../../domain/log-clue.ts';
import type { Replica } from '../../domain/replica.ts';
import { type SharedPlace, sharedPlace } from '../../domain/replica-place.ts';
import type { Backend } from '../../domain/service-backends.ts';
import { type Subject, subject } from '../../domain/subject.ts';

const lookupFailed = 'dial tcp: lookup db.shop.svc on 10.96.0.10:53: server misbehaving';

export const dnsFailing = defineFailureMode({
  id: 'dns-failing',
  title: 'Names are not resolved in the cluster',
  role: 'cause',
  explanation: {
    whatItIs: "The cluster's DNS does not answer: its pods are down, or the servers that it asks in turn do not answer.",
    howItLooks:
      'Many workloads at once log "server misbehaving", "Temporary failure in name resolution" or EAI_AGAIN, for names that exist.',
    whyItHappens:
      'CoreDNS crashes on a bad Corefile, is scaled to zero, starved of memory or CPU, cut off by a NetworkPolicy, or its upstream servers fail.',
    whatStopsTheBleeding: 'Bring CoreDNS pods back: restore the Corefile, scale it up, or move it off a bad node.',
    whatFixesIt: 'Repair what it died of, and give it enough replicas and memory for the number of names asked.',
    howToPreventIt: 'Spread at least two replicas over nodes, watch its error rate and latency, and test changes of the Corefile.',
  },
  sources: ['https://kubernetes.io/docs/tasks/administer-cluster/dns-debugging-resolution/', 'https://coredns.io/plugins/errors/'],
  needs: ['replicas'],
  helpedBy: ['service-backends', 'log-clues', 'nodes', 'deployments'],
  explains: [
    'dns-name-wrong',
    'degraded-node-link',
    'daemonset-not-everywhere',
    'dependency-refuses-connections',
    'dependency-times-out',
    'service-address-wrong-in-client',
    'registry-unreachable',
    'liveness-probe-misconfigured',
    'readiness-probe-misconfigured',
    'startup-probe-too-short',
    'init-container-blocked',
  ],
  mitigations: [],
  recognise(facts): readonly Finding[] {
    return [...deadResolvers(facts).map((dead) => findingOfNode(dead)), ...ofTheCluster(facts)];
  },

  recognises: [
    {
      story: 'Both CoreDNS pods crash and nobody resolves names.',
      given: {
        pods: [
          ...['coredns-1-a', 'coredns-1-b'].map((name) =>
            examplePod({
              name,
              namespace: 'kube-system',
              labels: { 'k8s-app': 'kube-dns' },
              isReady: false,
              status: crashLooping({ exitCode: 1 }),
            }),
          ),
          examplePod({ name: 'pay-1-a', isReady: false, status: crashLooping({ exitCode: 1 }) }),
        ],
        services: [
          exampleService({
            name: 'kube-dns',
            namespace: 'kube-system',
            clusterIP: '10.96.0.10',
            selector: { 'k8s-app': 'kube-dns' },
            ports: [{ port: 53, protocol: 'UDP' }],
          }),
        ],
        endpointslices: [exampleSlice({ service: 'kube-dns', namespace: 'kube-system', notReady: ['10.244.0.2', '10.244.0.3'] })],
        'container-logs': [{ namespace: 'shop', pod: 'pay-1-a', container: 'app', isPrevious: true, text: lookupFailed }],
      },
      finds: [{ kind: 'ReplicaSet', namespace: 'kube-system', name: 'coredns-1' }],
    },
    {
      story: 'Only the namespace of the clients was recorded: two workloads get no answer from the address that they ask for names.',
      given: exampleLookupsAlone(exampleLookup('10.96.0.10')),
      finds: [{ kind: 'Service', namespace: 'kube-system', name: 'kube-dns' }],
    },
    {
      story: 'The cache of node-1 crashes, and a replica there asks its link-local address in vain.',
      given: exampleDeadCache({ line: exampleLookup('169.254.20.10') }),
      finds: [{ kind: 'DaemonSet', namespace: 'kube-system', name: 'node-local-dns' }],
    },
    {
      story: 'The same, and the library does not say whom it asked.',
      given: exampleDeadCache({ line: 'Error: getaddrinfo EAI_AGAIN db.shop.svc.cluster.local' }),
      finds: [{ kind: 'DaemonSet', namespace: 'kube-system', name: 'node-local-dns' }],
    },
    {
      story: "The cache of node-1 crashes, which takes the address of the cluster's DNS Service there.",
      given: exampleDeadCache({ line: exampleLookup('10.96.0.10'), args: ['-localip', '169.254.20.10,10.96.0.10'] }),
      finds: [{ kind: 'DaemonSet', namespace: 'kube-system', name: 'node-local-dns' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'The cache of node-1 is down, and those who fail there ask the Service of the cluster for names.',
      given: exampleDeadCache({ line: exampleLookup('10.96.0.10') }),
    },
    {
      story: 'Only the namespace of the clients was recorded, and what they ask is a cache on their own node.',
      given: exampleLookupsAlone(exampleLookup('169.254.20.10')),
    },
    {
      story: 'The cache of node-1 is down, and a replica on another node gets no names either.',
      given: exampleDeadCache({ line: 'Error: getaddrinfo EAI_AGAIN db.shop.svc.cluster.local', alsoOf: 'pay-1-b' }),
    },
    {
      story: 'DNS is well; one workload asks for a name that does not exist.',
      given: {
        pods: [
          examplePod({ name: 'coredns-1-a', namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } }),
          examplePod({ name: 'pay-1-a', isReady: false, status: crashLooping({ exitCode: 1 }) }),
        ],
        services: [
          exampleService({ name: 'kube-dns', namespace: 'kube-system', selector: { 'k8s-app': 'kube-dns' }, ports: [{ port: 53 }] }),
        ],
        endpointslices: [exampleSlice({ service: 'kube-dns', namespace: 'kube-system', ready: ['10.244.0.2'] })],
        'container-logs': [
          { namespace: 'shop', pod: 'pay-1-a', container: 'app', isPrevious: true, text: 'getaddrinfo ENOTFOUND databse' },
        ],
      },
    },
    {
      story: 'One of two CoreDNS pods is being replaced and nobody notices.',
      given: {
        pods: [
          examplePod({ name: 'coredns-1-a', namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } }),
          examplePod({
            name: 'coredns-1-b',
            namespace: 'kube-system',
            labels: { 'k8s-app': 'kube-dns' },
            isReady: false,
            status: crashLooping({ exitCode: 1 }),
          }),
        ],
        services: [
          exampleService({ name: 'kube-dns', namespace: 'kube-system', selector: { 'k8s-app': 'kube-dns' }, ports: [{ port: 53 }] }),
        ],
        endpointslices: [exampleSlice({ service: 'kube-dns', namespace: 'kube-system', ready: ['10.244.0.2'], notReady: ['10.244.0.3'] })],
        'container-logs': [],
      },
    },
  ],
});

function ofTheCluster(facts: DnsFacts): readonly Finding[] {
  const seen = look(facts);
  const weight = weigh(seen);
  const [first, ...more] = evidence(seen);
  const service =
    seen.service === undefined
      ? undefined
      : subject('Service', seen.service.service.metadata.namespace, seen.service.service.metadata.name);
  const own = seen.workload ?? service ?? (seen.clients.length > 1 && seen.temporary.some(asksServerOfCluster) ? dnsOutOfSight : undefined);
  if (weight === undefined || own === undefined || first === undefined) return [];
  const innocent = claimFromAll(
    `Only replicas on ${seen.place?.place ?? 'one node'} say so, while their siblings elsewhere resolve names: the way to DNS from there is the suspect, not DNS.`,
    (seen.place?.healthy ?? []).slice(0, 3).map(({ pod }) => citeObject(pod, `Ready on ${pod.spec.nodeName ?? '?'}`)),
  );
  const since = [...seen.failing, ...seen.temporary.map((clue) => clue.replica)].flatMap((replica) => replica.failingSince ?? []);
  const toTell =
    'From a failing pod and from a pod on another node: "nslookup kubernetes.default", and the same against the address of one CoreDNS pod.';
  return [
    {
      subject: own,
      weight,
      because: [first, ...more],
      against: innocent === undefined ? [] : [innocent],
      ...(since.length === 0 ? {} : { since: Math.min(...since) }),
      affects: [own, ...(service === undefined ? [] : [service]), ...podsOf(seen.unresolved)],
      blames: [
        ...(seen.workload === undefined ? [] : [seen.workload]),
        ...blamedBehind(seen.service, facts.replicas),
        ...(seen.place?.nodes ?? []).map((node) => subject('Node', undefined, node)),
      ],
      wouldSettle: weight === 'conclusive' ? [] : [toTell],
    },
  ];
}

/** The cache of one node is down, and who asks it gets no names; DNS itself is well. */
function findingOfNode({ resolver, clues }: DeadResolver): Finding {
  const reason = resolver.troubles[0]?.reason ?? 'not Ready';
  const node = resolver.pod.spec.nodeName ?? '?';
  return {
    subject: resolver.workload,
    weight: 'strong',
    because: [
      claim(`The DNS cache of ${node}, ${resolver.pod.metadata.name}, is failing (${reason}).`, citeObject(resolver.pod, reason)),
      ...spoken(`Replicas on ${node} ask it in vain`, clues),
    ],
    ...(resolver.failingSince === undefined ? {} : { since: resolver.failingSince }),
    affects: [resolver.workload, subject('Pod', resolver.pod.metadata.namespace, resolver.pod.metadata.name), ...podsOf(clues)],
    blames: [resolver.workload],
  };
}

type DnsFacts = Facts<'replicas', 'service-backends' | 'log-clues' | 'nodes' | 'deployments'>;

interface Seen {
  readonly service: Backend | undefined;
  /** What runs the DNS servers, or should. */
  readonly workload: Subject | undefined;
  readonly failing: readonly Replica[];
  readonly isDown: boolean;
  /** Every look-up that failed; and those that got no answer, as opposed to the answer that there is no such name. */
  readonly unresolved: readonly LogClue[];
  readonly temporary: readonly LogClue[];
  readonly clients: readonly Subject[];
  /** Errors of the servers that the cluster's DNS asks in turn. */
  readonly upstream: readonly LogClue[];
  readonly place: SharedPlace | undefined;
}

function look(facts: DnsFacts): Seen {
  const local = new Set(deadResolvers(facts).flatMap((dead) => dead.clues));
  const servers = dnsServers(facts.replicas);
  const service = dnsService(facts['service-backends']);
  const clues = facts['log-clues'] ?? [];
  const unresolved = clues.filter(
    (clue) => clue.kind === 'name-not-resolved' && clue.replica.health !== 'finished' && !isDnsServer(clue.replica) && !local.has(clue),
  );
  const temporary = unresolved.filter(isTemporary);
  const clients = distinct(temporary.map((clue) => clue.replica.workload));
  const failing = servers.filter((replica) => replica.health === 'failing');
  const deployment = facts.deployments?.named('kube-system', 'coredns');
  // Endpoints alone are no proof: a bundle may hold those of a few namespaces only.
  const isMissed = failing.length > 0 || (servers.length === 0 && (clients.length > 0 || deployment?.spec.replicas === 0));
  return {
    service,
    workload: servers[0]?.workload ?? (deployment === undefined ? undefined : subject('Deployment', 'kube-system', 'coredns')),
    failing,
    isDown:
      service?.endpoints === undefined
        ? servers.length > 0 && failing.length === servers.length
        : service.endpoints.ready === 0 && isMissed,
    unresolved,
    temporary,
    clients,
    upstream: clues.filter((clue) => isDnsServer(clue.replica) && /plugin\/errors/.test(clue.line)),
    place: sharedPlace([...new Set(temporary.map((clue) => clue.replica))], facts.replicas, facts.nodes),
  };
}

/** One client alone may have a wrong name or a bad node; two or more that cannot even get an answer share only DNS. */
function weigh(seen: Seen): Weight | undefined {
  const { isDown, workload, service, clients, place, upstream, temporary } = seen;
  if (isDown) return workload === undefined ? 'likely' : 'conclusive';
  if (clients.length === 0) return undefined;
  if (place !== undefined) return 'weak';
  if (upstream.length > 0) return 'strong';
  if (temporary.some((clue) => clue.replica.health !== 'failing')) return 'weak';
  if (clients.length < 2) return 'suggestive';
  // Who sees neither the servers nor their Service cannot tell DNS from the way there.
  return workload === undefined && service === undefined ? 'likely' : 'strong';
}

function evidence({ service, isDown, failing, clients, temporary, upstream }: Seen): readonly Claim[] {
  const empty =
    isDown && service !== undefined
      ? [
          claim(
            `The DNS Service ${service.service.metadata.name} has no ready endpoint.`,
            endpointCitation(service, '0 ready endpoints'),
            citeObject(service.service, 'the Service that pods ask for names'),
          ),
        ]
      : [];
  const down = failing.slice(0, 2).map(({ pod, troubles }) => {
    const reason = troubles[0]?.reason ?? 'not Ready';
    return claim(`The DNS server ${pod.metadata.name} is failing (${reason}).`, citeObject(pod, reason));
  });
  const asked = spoken(`${clients.length} workloads cannot resolve names`, temporary);
  return [...empty, ...down, ...asked, ...spoken('The DNS servers report errors of the servers that they ask', upstream)];
}

function spoken(says: string, clues: readonly LogClue[]): readonly Claim[] {
  const stated = claimFromAll(
    `${says}: "${clues[0]?.line ?? ''}".`,
    clues.slice(0, 4).map((clue) => clue.citation),
  );
  return stated === undefined ? [] : [stated];
}

function podsOf(clues: readonly LogClue[]): readonly Subject[] {
  return distinct(clues.map(({ replica: { pod } }) => subject('Pod', pod.metadata.namespace, pod.metadata.name)));
}
