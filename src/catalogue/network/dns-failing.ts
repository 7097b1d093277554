import { type Claim, citeObject, claim, claimFromAll } from '../../domain/citation.ts';
import { dnsServers, dnsService, isDnsServer, isTemporary } from '../../domain/cluster-dns.ts';
import { blamedBehind } from '../../domain/blamed-backend.ts';
import { distinct } from '../../domain/dependency-trouble.ts';
import { endpointCitation } from '../../domain/endpoint-citation.ts';
import { exampleService, exampleSlice } from '../../domain/example-network.ts';
import { crashLooping, examplePod } from '../../domain/example-objects.ts';
import { defineFailureMode, type Finding, type Weight } from '../../domain/failure-mode.ts';
import type { LogClue } from '../../domain/log-clue.ts';
import { sharedPlace } from '../../domain/replica-place.ts';
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
    const servers = dnsServers(facts.replicas);
    const service = dnsService(facts['service-backends']);
    const unresolved = (facts['log-clues'] ?? []).filter(
      (clue) => clue.kind === 'name-not-resolved' && clue.replica.health !== 'finished' && !isDnsServer(clue.replica),
    );
    const temporary = unresolved.filter(isTemporary);
    const clients = distinct(temporary.map((clue) => clue.replica.workload));
    const failing = servers.filter((replica) => replica.health === 'failing');
    const deployment = facts.deployments?.named('kube-system', 'coredns');
    const isScaledToZero = deployment?.spec.replicas === 0;
    const isDown =
      service?.endpoints === undefined
        ? servers.length > 0 && failing.length === servers.length
        : service.endpoints.ready === 0 && (failing.length > 0 || (servers.length === 0 && (clients.length > 0 || isScaledToZero)));
    const upstream = (facts['log-clues'] ?? []).filter((clue) => isDnsServer(clue.replica) && /plugin\/errors/.test(clue.line));
    const place = sharedPlace([...new Set(temporary.map((clue) => clue.replica))], facts.replicas, facts.nodes);
    const weight = weigh({
      isDown,
      clients: clients.length,
      isLocal: place !== undefined,
      isUpstream: upstream.length > 0,
      isAllFailing: temporary.every((clue) => clue.replica.health === 'failing'),
    });
    if (weight === undefined) return [];
    const workload = distinct(servers.map((replica) => replica.workload))[0] ?? emptyWorkload(deployment?.metadata);
    const own =
      workload ??
      (service === undefined ? undefined : subject('Service', service.service.metadata.namespace, service.service.metadata.name));
    const because = [
      ...(isDown && service !== undefined
        ? [
            claim(
              `The DNS Service ${service.service.metadata.name} has no ready endpoint.`,
              endpointCitation(service, `0 ready endpoints`),
              citeObject(service.service, 'the Service that pods ask for names'),
            ),
          ]
        : []),
      ...failing
        .slice(0, 2)
        .map(({ pod, troubles }) =>
          claim(
            `The DNS server ${pod.metadata.name} is failing (${troubles[0]?.reason ?? 'not Ready'}).`,
            citeObject(pod, troubles[0]?.reason ?? 'Ready: False'),
          ),
        ),
      ...spoken(`${clients.length} workloads cannot resolve names`, temporary),
      ...spoken('The DNS servers report errors of the servers that they ask', upstream),
    ];
    const [first, ...more] = because;
    if (own === undefined || first === undefined) return [];
    const innocent = claimFromAll(
      `Only replicas on ${place?.place ?? 'one node'} say so, while their siblings elsewhere resolve names: the way to DNS from there is the suspect, not DNS.`,
      (place?.healthy ?? []).slice(0, 3).map(({ pod }) => citeObject(pod, `Ready on ${pod.spec.nodeName ?? '?'}`)),
    );
    const since = [...failing, ...temporary.map((clue) => clue.replica)].flatMap((replica) => replica.failingSince ?? []);
    return [
      {
        subject: own,
        weight,
        because: [first, ...more],
        against: innocent === undefined ? [] : [innocent],
        ...(since.length === 0 ? {} : { since: Math.min(...since) }),
        affects: [
          own,
          ...(service === undefined ? [] : [subject('Service', service.service.metadata.namespace, service.service.metadata.name)]),
          ...podsOf(unresolved),
        ],
        blames: [
          ...(workload === undefined ? [] : [workload]),
          ...blamedBehind(service, facts.replicas),
          ...(place?.nodes ?? []).map((node) => subject('Node', undefined, node)),
        ],
        wouldSettle:
          weight === 'conclusive'
            ? []
            : [
                'From a failing pod and from a pod on another node: "nslookup kubernetes.default", and the same against the address of one CoreDNS pod.',
              ],
      },
    ];
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
  ],
  isNotFooledBy: [
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

interface Seen {
  readonly isDown: boolean;
  readonly clients: number;
  readonly isLocal: boolean;
  readonly isUpstream: boolean;
  readonly isAllFailing: boolean;
}

/** One client alone may have a wrong name or a bad node; two or more that cannot even get an answer share only DNS. */
function weigh(seen: Seen): Weight | undefined {
  if (seen.isDown) return 'conclusive';
  if (seen.clients === 0) return undefined;
  if (seen.isLocal) return 'weak';
  if (seen.isUpstream) return 'strong';
  if (!seen.isAllFailing) return 'weak';
  return seen.clients >= 2 ? 'strong' : 'suggestive';
}

function emptyWorkload(metadata: { readonly namespace: string | undefined; readonly name: string } | undefined): Subject | undefined {
  return metadata === undefined ? undefined : subject('Deployment', metadata.namespace, metadata.name);
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
