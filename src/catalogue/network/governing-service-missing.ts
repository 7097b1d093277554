import { citeList, citeObject, type Claim, claim } from '../../domain/citation.ts';
import { clusterNames, plainHost } from '../../domain/cluster-host.ts';
import type { ExampleLog, RawObject } from '../../domain/example.ts';
import { exampleService } from '../../domain/example-network.ts';
import { crashLooping, examplePod } from '../../domain/example-objects.ts';
import { defineFailureMode, type Finding } from '../../domain/failure-mode.ts';
import { affectedBy, earliest } from '../../domain/sightings.ts';
import { subject } from '../../domain/subject.ts';
import { shellCommand } from '../../domain/shell-word.ts';

export const governingServiceMissing = defineFailureMode({
  id: 'governing-service-missing',
  title: 'The Service that gives the pods of a StatefulSet their names does not exist',
  role: 'cause',
  explanation: {
    whatItIs:
      'A StatefulSet names in `serviceName` the headless Service under which DNS knows each of its pods. Kubernetes does not check that it exists, and makes the pods all the same.',
    howItLooks:
      'The pods run, and a name such as db-0.db does not resolve: members cannot find each other, and clients cannot find one member.',
    whyItHappens: 'The Service was deleted or renamed, is installed later than the StatefulSet, or serviceName has a slip.',
    whatStopsTheBleeding:
      'Create a headless Service (clusterIP: None) of that name with the selector of the pods; nothing has to be restarted.',
    whatFixesIt: 'Keep the Service in the same chart as the StatefulSet. serviceName itself cannot be changed later.',
    howToPreventIt: 'Check before a rollout that the Service of every serviceName is part of it.',
  },
  sources: [
    'https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#stable-network-id',
    'https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/stateful-set-v1/#StatefulSetSpec',
  ],
  needs: ['statefulsets', 'services'],
  helpedBy: ['log-clues'],
  explains: [
    'dns-name-wrong',
    'service-address-wrong-in-client',
    'statefulset-stuck-on-ordinal',
    'init-container-blocked',
    'readiness-probe-misconfigured',
    'startup-probe-too-short',
    'bad-revision',
  ],
  mitigations: [],
  recognise: (facts) =>
    facts.statefulsets.all.flatMap((set): readonly Finding[] => {
      const { namespace, name, deletionTimestamp } = set.metadata;
      const { serviceName = '', replicas = 1 } = set.spec;
      const isGone =
        serviceName !== '' && facts.services.named(namespace, serviceName) === undefined && facts.services.isComplete(namespace);
      if (!isGone || replicas === 0 || deletionTimestamp !== undefined) return [];
      const missed = (facts['log-clues'] ?? []).filter(
        (clue) =>
          clue.kind === 'name-not-resolved' &&
          clue.replica.health === 'failing' &&
          clusterNames(plainHost(clue.host ?? ''), clue.replica.pod.metadata.namespace).some(
            (asked) => asked.service === serviceName && asked.namespace === namespace,
          ),
      );
      const own = subject('StatefulSet', namespace, name);
      const suffering = [...new Set(missed.map((clue) => clue.replica))];
      const since = earliest(suffering.map((replica) => replica.failingSince));
      const said = missed
        .slice(0, 3)
        .map((clue): Claim => claim(`${clue.replica.pod.metadata.name} asks for that name in vain: "${clue.line}".`, clue.citation));
      return [
        {
          subject: own,
          // Many a StatefulSet never uses the names; then nobody misses the Service.
          weight: missed.length > 0 ? 'conclusive' : 'weak',
          because: [
            claim(
              `StatefulSet ${name} is governed by Service "${serviceName}", which does not exist.`,
              citeObject(set, `spec.serviceName: ${serviceName}`),
              citeList('services', namespace, `no Service ${serviceName}`),
            ),
            ...said,
          ],
          ...(since === undefined ? {} : { since }),
          affects: [own, ...affectedBy(suffering)],
          wouldSettle: [shellCommand`From any pod: "nslookup ${name}-0.${serviceName}.${namespace ?? 'default'}.svc".`],
        },
      ];
    }),
  recognises: [
    {
      story: 'The members look for each other by names that nobody gives them.',
      given: {
        statefulsets: [set('peers')],
        services: [exampleService({ name: 'db' })],
        pods: [member()],
        'container-logs': [log('dial tcp: lookup db-0.peers.shop.svc.cluster.local on 10.96.0.10:53: no such host')],
      },
      finds: [{ kind: 'StatefulSet', namespace: 'shop', name: 'db' }],
    },
    {
      story: 'The pods run without it; nobody has asked for the names so far.',
      given: {
        statefulsets: [set('peers')],
        services: [],
        pods: [examplePod({ name: 'db-0', owner: { kind: 'StatefulSet', name: 'db' } })],
      },
      finds: [{ kind: 'StatefulSet', namespace: 'shop', name: 'db' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'The Service is there; a member crashes for another reason.',
      given: { statefulsets: [set('peers')], services: [exampleService({ name: 'peers' })], pods: [member()] },
    },
    {
      story: 'The StatefulSet wants no such names.',
      given: { statefulsets: [set(undefined), set('')], services: [], pods: [member()] },
    },
    {
      story: 'The Services of its namespace could not be read.',
      given: { statefulsets: [set('peers')], services: [], notReadIn: { services: ['shop'] }, pods: [member()] },
    },
    {
      story: 'It is scaled to zero, so there is nobody to be named.',
      given: { statefulsets: [set('peers', { replicas: 0 })], services: [], pods: [] },
    },
  ],
});

function member(): RawObject {
  return examplePod({ name: 'db-0', owner: { kind: 'StatefulSet', name: 'db' }, isReady: false, status: crashLooping({ exitCode: 1 }) });
}

function log(text: string): ExampleLog {
  return { namespace: 'shop', pod: 'db-0', container: 'app', isPrevious: true, text };
}

function set(serviceName: string | undefined, spec: RawObject = {}): RawObject {
  return {
    metadata: { name: 'db', namespace: 'shop', uid: 'uid-db' },
    spec: { replicas: 3, ...(serviceName === undefined ? {} : { serviceName }), ...spec },
    status: { replicas: 1 },
  };
}
