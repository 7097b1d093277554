import { type ExampleEvidence, minutesAgo, type RawObject, without } from '../../domain/example.ts';
import { type Claim, citeObject, claim, claimFromAll } from '../../domain/citation.ts';
import { groupBy } from '../../domain/collection.ts';
import { distinct } from '../../domain/dependency-trouble.ts';
import { exampleProbe, exampleService, exampleSlice } from '../../domain/example-network.ts';
import { crashLooping, examplePod } from '../../domain/example-objects.ts';
import { defineFailureMode, type Finding } from '../../domain/failure-mode.ts';
import type { NetworkPolicy } from '../../domain/kubernetes/network.ts';
import { judgeFlow } from '../../domain/network-policy.ts';
import type { Replicas } from '../../domain/replica.ts';
import { healthyTwins } from '../../domain/replica-place.ts';
import { type SuspectedFlow, suspectedFlows } from '../../domain/suspected-flows.ts';
import { subject } from '../../domain/subject.ts';
import { shellCommand } from '../../domain/shell-word.ts';

interface Blocked {
  readonly suspected: SuspectedFlow;
  readonly direction: 'egress' | 'ingress';
  readonly policy: NetworkPolicy;
}

export const networkPolicyBlocks = defineFailureMode({
  id: 'network-policy-blocks',
  title: 'A NetworkPolicy forbids a connection that is needed',
  role: 'cause',
  explanation: {
    whatItIs:
      'Policies select the client for egress or the server for ingress, and no rule of theirs lets this connection through, so its packets are dropped.',
    howItLooks: 'Connections time out (with some plugins they are refused) in one direction between certain pods, while others connect.',
    whyItHappens:
      'A default-deny policy came without the rule for this flow, DNS was forgotten in egress, or labels or ports of one side changed.',
    whatStopsTheBleeding: 'Add a rule that allows the flow, or take the new policy back.',
    whatFixesIt: 'Write down which workloads talk to each other, with ports and DNS, and let the policies say exactly that.',
    howToPreventIt: 'Try policies in a test namespace with the real clients, and roll them out one namespace at a time.',
  },
  sources: ['https://kubernetes.io/docs/concepts/services-networking/network-policies/'],
  needs: ['networkpolicies', 'replicas', 'service-backends'],
  helpedBy: ['namespaces', 'log-clues', 'connectivity-probes'],
  explains: [
    'dependency-times-out',
    'dependency-refuses-connections',
    'dns-failing',
    'dns-name-wrong',
    'liveness-probe-misconfigured',
    'readiness-probe-misconfigured',
    'startup-probe-too-short',
    'init-container-blocked',
    'bad-revision',
  ],
  mitigations: [],
  recognise(facts): readonly Finding[] {
    const blocked = suspectedFlows(facts).flatMap((suspected): readonly Blocked[] => {
      const verdict = judgeFlow(suspected.flow, { policies: facts.networkpolicies, namespaces: facts.namespaces });
      if (verdict.state !== 'blocked') return [];
      const [latest] = verdict.policies.toSorted((left, right) => changedAt(right) - changedAt(left));
      return [{ suspected, direction: verdict.direction, policy: latest ?? verdict.policies[0] }];
    });
    const groups = groupBy(blocked, ({ policy, direction }) => `${direction} ${policy.metadata.namespace ?? ''}/${policy.metadata.name}`);
    return [...groups.values()].flatMap((group) => findingOf(group, facts.replicas));
  },
  recognises: [
    {
      story: 'A default-deny for egress came without a rule for the database.',
      given: {
        ...world(),
        networkpolicies: [
          policy({
            name: 'default-deny',
            spec: { podSelector: {}, policyTypes: ['Egress'], egress: [{ ports: [{ protocol: 'UDP', port: 53 }] }] },
          }),
        ],
        'connectivity-probes': [unreached()],
      },
      finds: [{ kind: 'NetworkPolicy', namespace: 'shop', name: 'default-deny' }],
    },
    {
      story: 'The database lets in only what is labelled as its client.',
      given: {
        ...world(),
        networkpolicies: [
          policy({
            name: 'db',
            spec: {
              podSelector: { matchLabels: { app: 'db' } },
              policyTypes: ['Ingress'],
              ingress: [{ from: [{ podSelector: { matchLabels: { 'db-client': 'true' } } }] }],
            },
          }),
        ],
        'container-logs': [
          { namespace: 'shop', pod: 'pay-1-a', container: 'app', isPrevious: true, text: 'dial tcp: connect to db:5432: i/o timeout' },
        ],
      },
      finds: [{ kind: 'NetworkPolicy', namespace: 'shop', name: 'db' }],
    },
    {
      story: 'Egress is limited to DNS, and the database is a machine outside of the cluster behind a Service without a selector.',
      given: {
        ...outside(),
        networkpolicies: [onlyDns()],
      },
      finds: [{ kind: 'NetworkPolicy', namespace: 'shop', name: 'egress' }],
    },
    {
      story: 'The same, and who stands behind the Service could not be read: wherever it is, only DNS is allowed.',
      given: {
        ...without(outside(), 'endpointslices'),
        networkpolicies: [onlyDns()],
      },
      finds: [{ kind: 'NetworkPolicy', namespace: 'shop', name: 'egress' }],
    },
    {
      story: 'Egress is limited to the shop, and DNS was forgotten: replicas that run on resolve no name.',
      given: unresolved([{ ports: [{ protocol: 'TCP', port: 8080 }] }]),
      finds: [{ kind: 'NetworkPolicy', namespace: 'shop', name: 'pay-egress' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'Egress is limited to the shop and to DNS, and names get no answer all the same.',
      given: unresolved([{ ports: [{ protocol: 'TCP', port: 8080 }] }, { ports: [{ protocol: 'UDP', port: 53 }] }]),
    },
    {
      story: 'The range of the machine behind a Service without a selector is allowed; it refuses for another reason.',
      given: {
        ...outside(),
        networkpolicies: [
          policy({
            name: 'egress',
            spec: { podSelector: {}, policyTypes: ['Egress'], egress: [{ to: [{ ipBlock: { cidr: '192.0.2.0/24' } }] }] },
          }),
        ],
      },
    },
    {
      story: 'The policy allows exactly this client on this port; the timeout has another reason.',
      given: {
        ...world(),
        networkpolicies: [
          policy({
            name: 'db',
            spec: {
              podSelector: { matchLabels: { app: 'db' } },
              policyTypes: ['Ingress'],
              ingress: [{ from: [{ podSelector: { matchLabels: { app: 'pay' } } }], ports: [{ port: 5432 }] }],
            },
          }),
        ],
        'connectivity-probes': [unreached()],
      },
    },
    {
      story: 'A policy selects every pod and allows everything.',
      given: {
        ...world(),
        networkpolicies: [
          policy({ name: 'all', spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'], ingress: [{}], egress: [{}] } }),
        ],
        'connectivity-probes': [unreached()],
      },
    },
    {
      story: 'The policy of another namespace denies everything there.',
      given: {
        ...world(),
        networkpolicies: [
          policy({ name: 'default-deny', namespace: 'other', spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] } }),
        ],
        'connectivity-probes': [unreached()],
      },
    },
  ],
});

function findingOf(group: readonly Blocked[], replicas: Replicas): readonly Finding[] {
  const [first] = group.toSorted((left, right) => Number(right.suspected.evidence === 'seen') - Number(left.suspected.evidence === 'seen'));
  if (first === undefined) return [];
  const { policy, suspected } = first;
  const { client } = suspected.flow;
  const clients = [...new Set(group.flatMap((each) => each.suspected.replica ?? []))];
  const pods = clients.length === 0 ? [client] : clients.map((replica) => replica.pod);
  const twins = healthyTwins(clients, replicas).slice(0, 3);
  // The same labels are treated alike everywhere, so a healthy twin shows that the policy is not what stops the others.
  const against = claimFromAll(
    'Replicas with the same labels are healthy under the same policies.',
    twins.map(({ pod }) => citeObject(pod, `Ready on ${pod.spec.nodeName ?? '?'}`)),
  );
  const since = clients.flatMap((replica) => replica.failingSince ?? []);
  const others = group.map((each) => each.suspected).filter((each) => each.target !== suspected.target);
  const toTell = shellCommand`kubectl -n ${client.metadata.namespace ?? 'default'} exec ${client.metadata.name} -- nc -zv -w 3 ${suspected.target} ${suspected.flow.port ?? 'PORT'}`;
  return [
    {
      subject: subject('NetworkPolicy', policy.metadata.namespace, policy.metadata.name),
      weight: against !== undefined ? 'weak' : suspected.evidence === 'seen' ? 'conclusive' : 'suggestive',
      because: [blockedClaim(first), ...others.slice(0, 3).map((each) => claim(`The same goes for ${each.target}.`, each.citation))],
      against: against === undefined ? [] : [against],
      ...(since.length === 0 ? {} : { since: Math.min(...since) }),
      affects: distinct([
        ...clients.map((replica) => replica.workload),
        ...pods.map(({ metadata }) => subject('Pod', metadata.namespace, metadata.name)),
      ]),
      wouldSettle: suspected.evidence === 'seen' ? [] : [toTell],
    },
  ];
}

function blockedClaim({ policy, suspected, direction }: Blocked): Claim {
  const client = suspected.flow.client.metadata.name;
  const says =
    direction === 'egress'
      ? `${client} may not connect to ${suspected.target}: policy ${policy.metadata.name} limits its egress, and no rule allows this.`
      : `${suspected.target} may not be reached by ${client}: policy ${policy.metadata.name} limits ingress there, and no rule allows this client.`;
  const changed = changedAt(policy);
  const selector = JSON.stringify(policy.spec.podSelector.matchLabels);
  const shown = `podSelector ${selector}, policyTypes ${policy.spec.policyTypes.join(', ') || 'Ingress'}`;
  return claim(says, citeObject(policy, shown, changed === 0 ? undefined : changed), suspected.citation);
}

/** The latest write of its spec; for a policy that nobody has touched since, its creation. 0: not told. */
function changedAt(policy: NetworkPolicy): number {
  const writes = policy.metadata.managedFields.flatMap((field) =>
    field.at !== undefined && field.paths.some((path) => path.startsWith('spec')) ? [field.at] : [],
  );
  return Math.max(0, policy.metadata.creationTimestamp ?? 0, ...writes);
}

function policy(of: { readonly name: string; readonly namespace?: string; readonly spec: object }): RawObject {
  return {
    kind: 'NetworkPolicy',
    metadata: { name: of.name, namespace: of.namespace ?? 'shop', creationTimestamp: '2026-03-01T09:50:00Z' },
    spec: of.spec,
  };
}

function onlyDns(): RawObject {
  return policy({
    name: 'egress',
    spec: { podSelector: {}, policyTypes: ['Egress'], egress: [{ ports: [{ protocol: 'UDP', port: 53 }] }] },
  });
}

function unreached(): ReturnType<typeof exampleProbe> {
  return exampleProbe({ from: 'pay-1-a', node: 'node-1', host: 'db', port: 5432, outcome: 'timed-out' });
}

function world(): ExampleEvidence {
  const owner = { kind: 'StatefulSet', name: 'db' };
  return {
    pods: [
      examplePod({ name: 'pay-1-a', isReady: false, status: crashLooping({ exitCode: 1 }) }),
      examplePod({ name: 'db-0', owner, container: { ports: [{ containerPort: 5432 }] }, podStatus: { podIP: '10.244.1.20' } }),
    ],
    services: [exampleService({ name: 'db', ports: [{ port: 5432 }] })],
    endpointslices: [exampleSlice({ service: 'db', port: { port: 5432 }, ready: ['10.244.1.20'] })],
  };
}

/** The database is no pod: its Service has no selector, and somebody wrote its endpoint down. */
function outside(): ExampleEvidence {
  return {
    pods: [examplePod({ name: 'pay-1-a', isReady: false, status: crashLooping({ exitCode: 1 }) })],
    services: [exampleService({ name: 'db', clusterIP: '10.96.7.1', ports: [{ name: 'pg', port: 5432 }], spec: { selector: undefined } })],
    endpointslices: [exampleSlice({ service: 'db', port: { name: 'pg', port: 5432 }, ready: ['192.0.2.20'] })],
    'container-logs': [
      {
        namespace: 'shop',
        pod: 'pay-1-a',
        container: 'app',
        isPrevious: true,
        text: 'FATAL: dial tcp 10.96.7.1:5432: connect: connection refused',
      },
    ],
  };
}

/** A Ready client that says again and again that the cluster's DNS does not answer, which is well. */
function unresolved(egress: readonly object[]): ExampleEvidence {
  const lookup = 'dial tcp: lookup stock.shop on 10.96.0.10:53: read udp 10.244.1.9:4411->10.96.0.10:53: i/o timeout';
  const dns = { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } };
  const text = [3, 2, 1].map((minutes) => `${minutesAgo(minutes)} ${lookup}`).join('\n');
  return {
    pods: [examplePod({ name: 'pay-1-a' }), examplePod({ ...dns, name: 'coredns-1-a' })],
    services: [
      exampleService({
        name: 'kube-dns',
        namespace: 'kube-system',
        clusterIP: '10.96.0.10',
        selector: dns.labels,
        ports: [{ port: 53, targetPort: 53, protocol: 'UDP' }],
      }),
    ],
    endpointslices: [],
    networkpolicies: [policy({ name: 'pay-egress', spec: { podSelector: {}, policyTypes: ['Egress'], egress } })],
    'container-logs': [{ namespace: 'shop', pod: 'pay-1-a', container: 'app', text }],
  };
}
