import { type Citation, citeList, citeObject } from '../../domain/citation.ts';
import type { Collection } from '../../domain/collection.ts';
import { type ConfigurationReference, configurationReferences } from '../../domain/configuration-reference.ts';
import { citeCondition, citeWaiting, waitsFor } from '../../domain/container-evidence.ts';
import { citeEvent, recentEvents } from '../../domain/event-index.ts';
import { exampleEvent } from '../../domain/example-happenings.ts';
import { examplePod, waitingFor } from '../../domain/example-objects.ts';
import { defineFailureMode, type Weight } from '../../domain/failure-mode.ts';
import type { ConfigMap, Secret } from '../../domain/kubernetes/storage.ts';
import type { Replica } from '../../domain/replica.ts';
import { shellCommand } from '../../domain/shell-word.ts';
import { byDetail, claimOfAll, countOf, findingOf, type Sighting } from '../../domain/sightings.ts';
import { subject, subjectKey } from '../../domain/subject.ts';

/** The pod needs a ConfigMap or Secret, or a key of one, that is not there, so its container is never created. */
export const missingConfigmapOrSecret = defineFailureMode({
  id: 'missing-configmap-or-secret',
  title: 'A ConfigMap or Secret that the pod needs, or a key of it, does not exist',
  role: 'cause',
  explanation: {
    whatItIs:
      'The template takes environment or files from a ConfigMap or Secret that the namespace does not have, or from a key that it does not hold.',
    howItLooks:
      'CreateContainerConfigError with "configmap … not found" or "couldn\'t find key"; for volumes the pod stays in ContainerCreating with FailedMount events.',
    whyItHappens:
      'The object was deleted or renamed, never copied into this namespace, not yet synchronised by its operator, or the key was renamed on one side only.',
    whatStopsTheBleeding:
      'Put the object or key back, or roll back to the revision that does not need it. Running replicas keep what they read at their start: do not restart them.',
    whatFixesIt: 'Create the object with the expected keys, or correct the reference in the template.',
    howToPreventIt: 'Deploy configuration together with what reads it, and validate references before applying.',
  },
  sources: ['https://kubernetes.io/docs/concepts/configuration/configmap/', 'https://kubernetes.io/docs/concepts/configuration/secret/'],
  needs: ['replicas'],
  helpedBy: ['events', 'configmaps', 'secrets'],
  explains: ['configuration-changed-under-running-pods', 'bad-revision', 'job-deadline-exceeded'],
  mitigations: ['roll-back-workload'],

  recognise(facts) {
    const seen = facts.replicas.failing.flatMap((replica) => {
      // An event alone may be about what has been put right since; the pod must still be held up.
      if (!isHeldUp(replica)) return [];
      const told = toldByContainers(replica);
      const events = recentEvents(facts.events, replica.pod, facts.now).flatMap((event): readonly Missing[] => {
        const what =
          event.reason === 'FailedMount' || event.reason === 'Failed'
            ? (namedIn(event.message ?? '') ?? soleKeyOf(replica, event.message ?? ''))
            : undefined;
        return what === undefined ? [] : [{ replica, ...what, weight: 'conclusive', citations: [citeEvent(event)] }];
      });
      const heard = told.length > 0 ? told : events;
      return heard.length > 0 ? heard : missingInLists(replica, facts);
    });
    return byDetail(seen, ({ kind, name, replica }) => `${kind} ${replica.pod.metadata.namespace}/${name}`).map((group) => {
      const [{ kind, name, replica, weight }] = group;
      const workloads = new Set(group.map((each) => subjectKey(each.replica.workload)));
      // What several workloads miss is one trouble, and is put right in one place.
      const shared = workloads.size > 1 ? subject(kind, replica.pod.metadata.namespace, name) : undefined;
      const key = group.find((each) => each.key !== undefined)?.key;
      const what = key === undefined ? `${kind} ${name} does not exist` : `key ${key} of ${kind} ${name} does not exist`;
      const uses = configurationReferences(replica.pod.spec).filter(
        (each) => each.kind === kind && each.name === name && (key === undefined || each.key === key || each.key === undefined),
      );
      const place = uses[0] === undefined ? '' : ` (needed by ${uses[0].where})`;
      return findingOf(group, {
        weight,
        subject: shared,
        because: [
          claimOfAll(
            `${countOf([...new Set(group.map((each) => each.replica))])} cannot start: ${what} in namespace ${replica.pod.metadata.namespace}${place}.`,
            group,
          ),
        ],
        wouldSettle: [shellCommand`kubectl -n ${replica.pod.metadata.namespace} get ${kind.toLowerCase()} ${name}`],
      });
    });
  },

  recognises: [
    {
      story: 'The environment comes from a ConfigMap that does not exist.',
      given: { pods: [blocked('configmap "cart-config" not found')], configmaps: [] },
      finds: [{ kind: 'Deployment', namespace: 'shop', name: 'cart' }],
    },
    { story: 'The Secret exists and lacks the key.', given: { pods: [blocked("couldn't find key password in Secret shop/cart-db")] } },
    {
      story: 'A volume needs a Secret that does not exist.',
      given: {
        pods: [creating({ volumes: [{ name: 'certificates', secret: { secretName: 'cart-tls' } }] })],
        events: [
          exampleEvent({
            about: { kind: 'Pod', name: 'cart-7f9-a' },
            reason: 'FailedMount',
            message: 'MountVolume.SetUp failed for volume "certificates" : secret "cart-tls" not found',
            count: 9,
          }),
        ],
      },
    },
    {
      story: 'Three workloads take their environment from the same ConfigMap that is gone: one trouble, not three.',
      given: {
        pods: ['cart-7f9-a', 'stock-7f9-a', 'mail-7f9-a'].map((name) => blocked('configmap "common" not found', name)),
        configmaps: [],
      },
      finds: [{ kind: 'ConfigMap', namespace: 'shop', name: 'common' }],
    },
    {
      story: 'No event was kept; the list of ConfigMaps lacks the one that the volume names.',
      given: {
        pods: [creating({ volumes: [{ name: 'config', configMap: { name: 'cart-config' } }] })],
        configmaps: [{ metadata: { name: 'kube-root-ca.crt', namespace: 'shop' } }],
      },
    },
  ],
  isNotFooledBy: [
    {
      story: 'No event was kept, and not all ConfigMaps of the namespace could be read.',
      given: {
        pods: [creating({ volumes: [{ name: 'config', configMap: { name: 'cart-config' } }] })],
        configmaps: [{ metadata: { name: 'kube-root-ca.crt', namespace: 'shop' } }],
        notReadIn: { configmaps: ['shop'] },
      },
    },
    {
      story: 'The reference is optional and the pod runs.',
      given: {
        pods: [examplePod({ name: 'cart-7f9-a', container: { envFrom: [{ configMapRef: { name: 'extra', optional: true } }] } })],
        configmaps: [{ metadata: { name: 'kube-root-ca.crt', namespace: 'shop' } }],
      },
    },
    {
      story: 'The mount failed until the Secret was made; the pod runs since.',
      given: {
        pods: [examplePod({ name: 'cart-7f9-a' })],
        events: [
          exampleEvent({
            about: { kind: 'Pod', name: 'cart-7f9-a' },
            reason: 'FailedMount',
            message: 'MountVolume.SetUp failed for volume "certificates" : secret "cart-tls" not found',
            minutesAgo: 15,
          }),
        ],
      },
    },
    {
      story: 'A claim cannot be mounted.',
      given: {
        pods: [creating({ volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] })],
        events: [],
        configmaps: [{ metadata: { name: 'kube-root-ca.crt', namespace: 'shop' } }],
      },
    },
  ],
});

interface Missing extends Sighting {
  readonly kind: ConfigurationReference['kind'];
  readonly name: string;
  readonly key: string | undefined;
  readonly weight: Weight;
}

/** The kubelet's words. Source: kubernetes/pkg/kubelet (makeEnvironmentVariables) and pkg/volume/{configmap,secret,projected}. */
function namedIn(words: string): Pick<Missing, 'kind' | 'name' | 'key'> | undefined {
  const whole = /\b(configmap|secret)s? "(?:[^"/]+\/)?([^"]+)" not found/i.exec(words);
  if (whole?.[1] !== undefined && whole[2] !== undefined) return { kind: kindOf(whole[1]), name: whole[2], key: undefined };
  const key = /couldn't find key (\S+) in (ConfigMap|Secret) (?:[^/\s]+\/)?(\S+)/i.exec(words);
  if (key?.[2] !== undefined && key[3] !== undefined) return { kind: kindOf(key[2]), name: key[3], key: key[1] };
  return undefined;
}

function kindOf(word: string): ConfigurationReference['kind'] {
  return word.toLowerCase() === 'secret' ? 'Secret' : 'ConfigMap';
}

function toldByContainers(replica: Replica): readonly Missing[] {
  return waitsFor(replica, new Set(['CreateContainerConfigError'])).flatMap((trouble) => {
    const what = namedIn(trouble.message ?? '');
    return what === undefined
      ? []
      : [{ replica, ...what, weight: 'conclusive' as const, citations: [citeWaiting(replica.pod, trouble.container)] as const }];
  });
}

/** For volumes the kubelet says "references non-existent config key" without the object: the template tells who has that key. */
function soleKeyOf(replica: Replica, words: string): Pick<Missing, 'kind' | 'name' | 'key'> | undefined {
  const key = /references non-existent (?:config|secret) key: (\S+)/.exec(words)?.[1];
  const reference = configurationReferences(replica.pod.spec).find((each) => key !== undefined && each.key === key);
  return reference === undefined ? undefined : { kind: reference.kind, name: reference.name, key };
}

function isHeldUp(replica: Replica): boolean {
  return replica.troubles.some((trouble) => trouble.kind === 'stuck-creating' || trouble.reason === 'CreateContainerConfigError');
}

interface Lists {
  readonly configmaps: Collection<ConfigMap> | undefined;
  readonly secrets: Collection<Secret> | undefined;
}

/** A namespace of which nothing was read may be a gap; one with other objects in it lacks what is not among them. */
function missingInLists(replica: Replica, lists: Lists): readonly Missing[] {
  const { namespace } = replica.pod.metadata;
  return configurationReferences(replica.pod.spec)
    .filter((reference) => !reference.isOptional)
    .flatMap((reference) => {
      const objects = reference.kind === 'Secret' ? lists.secrets : lists.configmaps;
      if (objects === undefined || objects.inNamespace(namespace).length === 0) return [];
      const found = objects.named(namespace, reference.name);
      if (found === undefined && !objects.isComplete(namespace)) return [];
      const isKeyMissing =
        found !== undefined && reference.key !== undefined && keysOf(found).length > 0 && !keysOf(found).includes(reference.key);
      if (found !== undefined && !isKeyMissing) return [];
      const list = reference.kind === 'Secret' ? 'secrets' : 'configmaps';
      const shown: Citation =
        found === undefined
          ? citeList(list, namespace, `no ${reference.kind} ${reference.name}`)
          : citeObject(found, `keys: ${keysOf(found).slice(0, 20).join(', ')}`);
      return [
        {
          replica,
          kind: reference.kind,
          name: reference.name,
          key: found === undefined ? undefined : reference.key,
          weight: 'strong' as const,
          citations: [shown, citeCondition(replica.pod, 'Ready')] as const,
        },
      ];
    });
}

function keysOf(object: ConfigMap | Secret): readonly string[] {
  return object.kind === 'ConfigMap' ? [...object.data, ...object.binaryData] : object.data;
}

function blocked(message: string, name = 'cart-7f9-a'): ReturnType<typeof examplePod> {
  return examplePod({
    name,
    isReady: false,
    phase: 'Pending',
    labels: { 'pod-template-hash': '7f9' },
    status: waitingFor('CreateContainerConfigError', message),
  });
}

function creating(spec: object): ReturnType<typeof examplePod> {
  return examplePod({
    name: 'cart-7f9-a',
    isReady: false,
    phase: 'Pending',
    labels: { 'pod-template-hash': '7f9' },
    spec: { ...spec },
    status: waitingFor('ContainerCreating'),
  });
}
