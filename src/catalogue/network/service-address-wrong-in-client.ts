import { citeList, citeObject, type Claim, claim } from '../../domain/citation.ts';
import { clusterNames, isAddress, plainHost } from '../../domain/cluster-host.ts';
import type { Collection } from '../../domain/collection.ts';
import { groupBy } from '../../domain/collection.ts';
import { hostsIn } from '../../domain/dependency-trouble.ts';
import { exampleService } from '../../domain/example-network.ts';
import { crashLooping, examplePod } from '../../domain/example-objects.ts';
import { defineFailureMode, type Finding } from '../../domain/failure-mode.ts';
import type { Service } from '../../domain/kubernetes/network.ts';
import type { Replica } from '../../domain/replica.ts';
import { healthyTwins } from '../../domain/replica-place.ts';
import { mostSimilar } from '../../domain/similar-name.ts';
import { subject, subjectKey } from '../../domain/subject.ts';

export const serviceAddressWrongInClient = defineFailureMode({
  id: 'service-address-wrong-in-client',
  title: "A workload's settings name a Service that does not exist",
  role: 'cause',
  explanation: {
    whatItIs:
      'An environment variable of the failing workload holds the address of a Service that is not there, while one with nearly that name, or of that name in another namespace, is.',
    howItLooks: 'The workload cannot connect or cannot resolve a name; `kubectl get service` shows a similar one that works.',
    whyItHappens:
      "A slip or a copied value, a renamed Service, or a workload that was moved to another namespace without its neighbours' names.",
    whatStopsTheBleeding: 'Roll the workload back to the revision with the right address.',
    whatFixesIt: 'Correct the address, with the namespace where it is another one.',
    howToPreventIt: 'Render addresses from the same values as the Services, and check them against the cluster before rolling out.',
  },
  sources: ['https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#services'],
  needs: ['replicas', 'services'],
  helpedBy: ['log-clues'],
  explains: [
    'dns-name-wrong',
    'dependency-refuses-connections',
    'dependency-times-out',
    'liveness-probe-misconfigured',
    'readiness-probe-misconfigured',
    'startup-probe-too-short',
    'init-container-blocked',
    'bad-revision',
  ],
  mitigations: ['roll-back-workload'],
  recognise: (facts) =>
    [...groupBy(facts.replicas.failing, (replica) => `${subjectKey(replica.workload)} ${replica.revision ?? ''}`).values()].flatMap(
      (group): readonly Finding[] => {
        const [first] = group;
        if (first === undefined || healthyTwins(group, facts.replicas).length > 0) return [];
        const [claimed, ...more] = wrongAddresses(first, facts.services);
        if (claimed === undefined) return [];
        const heard = (facts['log-clues'] ?? []).filter(
          (clue) => group.includes(clue.replica) && [claimed, ...more].some((each) => plainHost(clue.host ?? '') === each.host),
        );
        const [clue] = heard;
        const since = group.flatMap((replica) => replica.failingSince ?? []);
        const spoken = clue === undefined ? [] : [claim(`Its log complains of that very address: "${clue.line}".`, clue.citation)];
        return [
          {
            subject: first.workload,
            weight: clue === undefined ? 'suggestive' : 'conclusive',
            because: [claimed.claim, ...spoken, ...more.map((each) => each.claim)],
            ...(since.length === 0 ? {} : { since: Math.min(...since) }),
            affects: [first.workload, ...group.map(({ pod }) => subject('Pod', pod.metadata.namespace, pod.metadata.name))],
          },
        ];
      },
    ),
  recognises: [
    {
      story: 'DB_HOST says "postgress"; the Service is called "postgres".',
      given: {
        pods: [
          examplePod({
            name: 'pay-1-a',
            isReady: false,
            status: crashLooping({ exitCode: 1 }),
            container: { env: [{ name: 'DB_HOST', value: 'postgress' }] },
          }),
        ],
        services: [exampleService({ name: 'postgres' })],
        'container-logs': [
          {
            namespace: 'shop',
            pod: 'pay-1-a',
            container: 'app',
            isPrevious: true,
            text: 'could not translate host name "postgress" to address: Name or service not known',
          },
        ],
      },
      finds: [{ kind: 'ReplicaSet', namespace: 'shop', name: 'pay-1' }],
    },
    {
      story: 'The Service lives in another namespace.',
      given: {
        pods: [
          examplePod({
            name: 'pay-1-a',
            isReady: false,
            status: crashLooping({ exitCode: 1 }),
            container: { env: [{ name: 'CACHE_URL', value: 'redis://cache.shop.svc:6379/0' }] },
          }),
        ],
        services: [exampleService({ name: 'cache', namespace: 'platform' })],
      },
      finds: [{ kind: 'ReplicaSet', namespace: 'shop', name: 'pay-1' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'The address is right; the replica fails for another reason.',
      given: {
        pods: [
          examplePod({
            name: 'pay-1-a',
            isReady: false,
            status: crashLooping({ exitCode: 1 }),
            container: {
              env: [
                { name: 'DB_HOST', value: 'postgres' },
                { name: 'LOG_LEVEL', value: 'info' },
              ],
            },
          }),
        ],
        services: [exampleService({ name: 'postgres' })],
      },
    },
    {
      story: 'A setting that is no address resembles the name of a Service.',
      given: {
        pods: [
          examplePod({
            name: 'pay-1-a',
            isReady: false,
            status: crashLooping({ exitCode: 1 }),
            container: { env: [{ name: 'BACKEND', value: 'postgresql' }] },
          }),
        ],
        services: [exampleService({ name: 'postgres' })],
      },
    },
    {
      story: 'A healthy workload names an optional neighbour that is not installed.',
      given: {
        pods: [examplePod({ name: 'pay-1-a', container: { env: [{ name: 'TRACE_HOST', value: 'collectr' }] } })],
        services: [exampleService({ name: 'collector' })],
      },
    },
  ],
});

interface WrongAddress {
  readonly host: string;
  readonly claim: Claim;
}

/** A bare word is an address only where the variable's name says so. */
const namesAddress = /(HOST|ADDR|ADDRESS|SERVER|URL|URI|ENDPOINT|SERVICE|BROKERS?|DSN|UPSTREAM)(_?NAME)?S?$/i;

function wrongAddresses({ pod }: Replica, services: Collection<Service>): readonly WrongAddress[] {
  const namespace = pod.metadata.namespace;
  return pod.spec.containers.flatMap((container) =>
    container.env.flatMap((variable) => {
      const value = variable.value ?? '';
      if (!namesAddress.test(variable.name) && !value.includes('.svc')) return [];
      return hostsIn(value)
        .map(plainHost)
        .filter((host) => !isAddress(host) && host !== 'localhost')
        .flatMap((host): readonly WrongAddress[] => {
          const names = clusterNames(host, namespace);
          const [likely] = names;
          if (likely === undefined || !services.isComplete(likely.namespace)) return [];
          if (names.some((name) => services.named(name.namespace, name.service) !== undefined)) return [];
          // "db.example" is as likely a host outside the cluster unless such a namespace has Services.
          if (!likely.isSurelyInCluster && host.includes('.') && services.inNamespace(likely.namespace).length === 0) return [];
          const similar = mostSimilar(
            likely.service,
            services.inNamespace(likely.namespace).map((service) => service.metadata.name),
          );
          const meant =
            similar === undefined
              ? services.all.find((service) => service.metadata.name === likely.service)
              : services.named(likely.namespace, similar);
          if (meant === undefined) return [];
          const where = meant.metadata.namespace === likely.namespace ? '' : ` in namespace ${meant.metadata.namespace ?? '?'}`;
          return [
            {
              host,
              claim: claim(
                `${variable.name} of container ${container.name} names "${host}"; there is no Service "${likely.service}" in namespace ${likely.namespace}, but there is "${meant.metadata.name}"${where}.`,
                citeObject(pod, `env ${variable.name}: ${host}`),
                citeList('services', likely.namespace, `no Service ${likely.service}`),
                citeObject(meant, 'exists'),
              ),
            },
          ];
        });
    }),
  );
}
