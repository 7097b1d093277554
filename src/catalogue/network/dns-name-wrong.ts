import { type Claim, citeList, citeObject, claim } from '../../domain/citation.ts';
import { isTemporary } from '../../domain/cluster-dns.ts';
import { type ClusterName, clusterNames, isAddress, plainHost } from '../../domain/cluster-host.ts';
import { type Collection, groupBy } from '../../domain/collection.ts';
import { asksPastClusterDns } from '../../domain/dns-policy.ts';
import { exampleService } from '../../domain/example-network.ts';
import { crashLooping, examplePod } from '../../domain/example-objects.ts';
import { defineFailureMode, type Finding, type Weight } from '../../domain/failure-mode.ts';
import type { Service } from '../../domain/kubernetes/network.ts';
import type { Pod } from '../../domain/kubernetes/pod.ts';
import { healthyTwins } from '../../domain/replica-place.ts';
import { mostSimilar } from '../../domain/similar-name.ts';
import { spokenSubject, subject, subjectKey } from '../../domain/subject.ts';
import { shellCommand } from '../../domain/shell-word.ts';

export const dnsNameWrong = defineFailureMode({
  id: 'dns-name-wrong',
  title: 'A workload asks for a name that does not exist',
  role: 'cause',
  explanation: {
    whatItIs:
      "The cluster's DNS answers that there is no such name: the name in the workload's configuration is wrong, or what bore it is gone.",
    howItLooks: 'Logs say "no such host", ENOTFOUND or NXDOMAIN for one name, in one workload, while other workloads resolve theirs.',
    whyItHappens:
      'A slip, a missing or wrong namespace in the name, a Service that was renamed or deleted, a name of another environment, or a dnsPolicy that sends the question to servers outside of the cluster.',
    whatStopsTheBleeding: 'Roll back the change of the name; or create a Service of the old name that leads to the new one.',
    whatFixesIt: 'Correct the name, with its namespace where the Service lives in another one.',
    howToPreventIt: 'Check names in configuration against the Services of the cluster before rolling out.',
  },
  sources: [
    'https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/',
    'https://kubernetes.io/docs/tasks/administer-cluster/dns-debugging-resolution/',
  ],
  needs: ['replicas', 'log-clues'],
  helpedBy: ['services'],
  explains: ['liveness-probe-misconfigured', 'readiness-probe-misconfigured', 'startup-probe-too-short', 'init-container-blocked'],
  mitigations: ['roll-back-workload'],
  recognise(facts): readonly Finding[] {
    const clues = facts['log-clues'].filter(
      (clue) =>
        clue.kind === 'name-not-resolved' &&
        clue.replica.health === 'failing' &&
        clue.host !== undefined &&
        !isAddress(clue.host) &&
        !isTemporary(clue),
    );
    const groups = groupBy(clues, (clue) => `${subjectKey(clue.replica.workload)} ${plainHost(clue.host ?? '')}`);
    return [...groups.values()].flatMap((group): readonly Finding[] => {
      const [first] = group;
      if (first?.host === undefined) return [];
      const { workload, pod } = first.replica;
      const names = clusterNames(plainHost(first.host), pod.metadata.namespace);
      const [named] = names.flatMap((name) => facts.services?.named(name.namespace, name.service) ?? []);
      // The name exists: that it is not found is DNS's trouble, or the way to it. An alias is answered with the name that it stands for.
      const past = named === undefined ? undefined : asksPastClusterDns(pod, facts.services);
      if (named !== undefined && named.spec.externalName === undefined && past === undefined) return [];
      const replicas = [...new Set(group.map((clue) => clue.replica))];
      const missing =
        named === undefined
          ? missingService(first.host, names[0], facts.services)
          : past === undefined
            ? aliasOfNothing(named)
            : unknownThere(pod, past);
      const hasTwins = healthyTwins(replicas, facts.replicas).length > 0;
      const since = replicas.flatMap((replica) => replica.failingSince ?? []);
      return [
        {
          subject: named === undefined || past !== undefined ? workload : subject('Service', named.metadata.namespace, named.metadata.name),
          weight: hasTwins
            ? 'weak'
            : weigh(
                missing,
                names.every(({ namespace }) => facts.services?.isComplete(namespace) === true),
              ),
          because: [
            claim(
              `${spokenSubject(workload)} asks for the name "${first.host}", and DNS answers that it does not exist: "${first.line}".`,
              first.citation,
              ...group.slice(1, 3).map((clue) => clue.citation),
            ),
            ...(missing === undefined ? [] : [missing]),
          ],
          ...(since.length === 0 ? {} : { since: Math.min(...since) }),
          affects: [workload, ...replicas.map((replica) => subject('Pod', replica.pod.metadata.namespace, replica.pod.metadata.name))],
          wouldSettle: [
            shellCommand`From any pod: "nslookup ${first.host}". If other names resolve and this one does not, the name is wrong.`,
          ],
        },
      ];
    });
  },
  recognises: [
    {
      story: 'A slip in the name of the database.',
      given: {
        pods: [examplePod({ name: 'pay-1-a', isReady: false, status: crashLooping({ exitCode: 1 }) })],
        services: [exampleService({ name: 'database' })],
        'container-logs': [
          { namespace: 'shop', pod: 'pay-1-a', container: 'app', isPrevious: true, text: 'Error: getaddrinfo ENOTFOUND databse' },
        ],
      },
      finds: [{ kind: 'ReplicaSet', namespace: 'shop', name: 'pay-1' }],
    },
    {
      story: 'A name outside the cluster does not exist.',
      given: {
        pods: [examplePod({ name: 'pay-1-a', isReady: false, status: crashLooping({ exitCode: 1 }) })],
        services: [],
        'container-logs': [
          {
            namespace: 'shop',
            pod: 'pay-1-a',
            container: 'app',
            isPrevious: true,
            text: 'dial tcp: lookup api.payments.exmaple on 10.96.0.10:53: no such host',
          },
        ],
      },
      finds: [{ kind: 'ReplicaSet', namespace: 'shop', name: 'pay-1' }],
    },
    {
      story: 'The Service exists, and the pod asks the servers of its node, who know nothing of it.',
      given: {
        pods: [examplePod({ name: 'pay-1-a', isReady: false, status: crashLooping({ exitCode: 1 }), spec: { dnsPolicy: 'Default' } })],
        services: [exampleService({ name: 'database' })],
        'container-logs': [
          {
            namespace: 'shop',
            pod: 'pay-1-a',
            container: 'app',
            isPrevious: true,
            text: 'Error: getaddrinfo ENOTFOUND database.shop.svc.cluster.local',
          },
        ],
      },
      finds: [{ kind: 'ReplicaSet', namespace: 'shop', name: 'pay-1' }],
    },
    {
      story: 'The Service is an alias, and what it stands for is gone.',
      given: {
        pods: [examplePod({ name: 'pay-1-a', isReady: false, status: crashLooping({ exitCode: 1 }) })],
        services: [
          exampleService({
            name: 'database',
            spec: { type: 'ExternalName', externalName: 'db.old.example', selector: {}, clusterIP: undefined },
          }),
        ],
        'container-logs': [
          {
            namespace: 'shop',
            pod: 'pay-1-a',
            container: 'app',
            isPrevious: true,
            text: 'could not translate host name "database" to address: Name or service not known',
          },
        ],
      },
      finds: [{ kind: 'Service', namespace: 'shop', name: 'database' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'DNS itself does not answer.',
      given: {
        pods: [examplePod({ name: 'pay-1-a', isReady: false, status: crashLooping({ exitCode: 1 }) })],
        services: [],
        'container-logs': [
          { namespace: 'shop', pod: 'pay-1-a', container: 'app', isPrevious: true, text: 'Error: getaddrinfo EAI_AGAIN database' },
        ],
      },
    },
    {
      story: 'The Service exists; the name was asked for before it did.',
      given: {
        pods: [examplePod({ name: 'pay-1-a', isReady: false, status: crashLooping({ exitCode: 1 }) })],
        services: [exampleService({ name: 'database' })],
        'container-logs': [
          {
            namespace: 'shop',
            pod: 'pay-1-a',
            container: 'app',
            isPrevious: true,
            text: 'Error: getaddrinfo ENOTFOUND database.shop.svc.cluster.local',
          },
        ],
      },
    },
  ],
});

function unknownThere(pod: Pod, past: string): Claim {
  return claim(
    `Its pods do not ask the DNS of the cluster (${past}), and only that knows Services.`,
    citeObject(pod, `spec.dnsPolicy: ${pod.spec.dnsPolicy ?? 'ClusterFirst'}; hostNetwork: ${pod.spec.hostNetwork === true}`),
  );
}

function aliasOfNothing(service: Service): Claim {
  const { name } = service.metadata;
  const target = service.spec.externalName ?? '';
  return claim(
    `Service ${name} is an alias: what DNS does not know is the name that it stands for, "${target}".`,
    citeObject(service, `spec.externalName: ${target}`),
  );
}

/** Where Services could not be read, the name may well be that of one, and DNS or the way to it the trouble. */
function weigh(missing: Claim | undefined, isKnownName: boolean): Weight {
  if (missing !== undefined) return 'conclusive';
  return isKnownName ? 'strong' : 'likely';
}

/** Said only of a name that can be nothing but a Service of this cluster. */
function missingService(host: string, likely: ClusterName | undefined, services: Collection<Service> | undefined): Claim | undefined {
  if (services === undefined || likely === undefined || (!likely.isSurelyInCluster && host.includes('.'))) return undefined;
  if (!services.isComplete(likely.namespace)) return undefined;
  const { service, namespace } = likely;
  const similar = mostSimilar(
    service,
    services.inNamespace(namespace).map((each) => each.metadata.name),
  );
  const elsewhere = services.all.find((each) => each.metadata.name === service)?.metadata.namespace;
  const hint =
    similar !== undefined ? ` There is a Service "${similar}".` : elsewhere === undefined ? '' : ` There is one in namespace ${elsewhere}.`;
  return claim(
    `No Service "${service}" exists in namespace ${namespace}.${hint}`,
    citeList('services', namespace, `no Service ${service}`),
  );
}
