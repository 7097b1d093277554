import type { JudgedAlert } from '../../domain/alert.ts';
import { type Citation, type Claim, citeObject, claim } from '../../domain/citation.ts';
import { type ContentWrite, lastContentWrite } from '../../domain/content-write.ts';
import { groupBy } from '../../domain/collection.ts';
import { minutesAgo, type RawObject } from '../../domain/example.ts';
import { exampleJudgedAlert } from '../../domain/example-happenings.ts';
import { crashLooping, examplePod } from '../../domain/example-objects.ts';
import { defineFailureMode, type Finding, type Weight } from '../../domain/failure-mode.ts';
import { clockTime, type Instant, millisecondsPerMinute } from '../../domain/instant.ts';
import type { ConfigMap, Secret } from '../../domain/kubernetes/storage.ts';
import type { Replica, Replicas, Trouble } from '../../domain/replica.ts';
import { hasStartedSince, mounts, startedBefore, uses, wasMadeBefore } from '../../domain/read-configuration.ts';
import { claimOfAll, countOf, earliest, findingOf, type Sighting } from '../../domain/sightings.ts';
import { subjectKey } from '../../domain/subject.ts';
import { templateDifference } from '../../domain/template-difference.ts';
import { type RevisionFacts, revisionsOf } from '../../domain/workload-revisions.ts';

/** Mounted files follow within a kubelet sync and cache period, a minute or two; what breaks by them does so within the half hour. */
const effectMilliseconds = 30 * millisecondsPerMinute;
/** Clocks and back-offs: a failure may be dated this much before the write that caused it. */
const slackMilliseconds = millisecondsPerMinute;

const cart = { kind: 'Deployment', namespace: 'shop', name: 'cart' } as const;

/** A ConfigMap or Secret was written, and the pods that use it began to fail right after, without any rollout. */
export const configurationChangedUnderRunningPods = defineFailureMode({
  id: 'configuration-changed-under-running-pods',
  title: 'Configuration was changed, and the pods that use it fail since',
  role: 'cause',
  explanation: {
    whatItIs:
      'A ConfigMap or Secret changed while pods used it: files follow by themselves, environment at the next restart. No revision tells.',
    howItLooks: 'All replicas that use it fail one after the other, whatever their revision and node; it was written minutes before.',
    whyItHappens: 'A manual edit, a synchronisation from elsewhere, a rotated credential that its other side does not know yet.',
    whatStopsTheBleeding: 'Put the former content back. Restart nothing that still runs on it.',
    whatFixesIt: 'Correct the content, and roll it out like code.',
    howToPreventIt: 'Make configuration immutable and named by its content, so that a change is a rollout that can be rolled back.',
  },
  sources: [
    'https://kubernetes.io/docs/concepts/configuration/configmap/#mounted-configmaps-are-updated-automatically',
    'https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management',
  ],
  needs: ['replicas'],
  helpedBy: ['configmaps', 'secrets', 'replicasets', 'controllerrevisions', 'judged-alert'],
  // A missing key and a rejected password are said outright: there the write is what made them possible, not the cause's name.
  explains: [
    'crash-on-start-from-configuration',
    'liveness-probe-misconfigured',
    'readiness-probe-misconfigured',
    'service-address-wrong-in-client',
    'bad-revision',
  ],
  mitigations: ['restart-rollout'],

  recognise(facts) {
    const objects = [...(facts.configmaps?.all ?? []), ...(facts.secrets?.all ?? [])].filter(
      (object) => !published.has(object.metadata.name),
    );
    const failing = groupBy(
      facts.replicas.failing.filter((replica) => replica.troubles.some((trouble) => ownTroubles.has(trouble.kind))),
      (replica) => subjectKey(replica.workload),
    );
    const found = [...failing.values()].flatMap((replicas) => {
      const [any] = replicas;
      if (any === undefined) return [];
      const healthy = facts.replicas.ofWorkload(any.workload).filter((replica) => replica.health === 'healthy');
      return objects
        .filter((object) => object.metadata.namespace === any.workload.namespace && uses(any, object))
        .flatMap((object): readonly Finding[] => {
          const write = lastContentWrite(object);
          if (write === undefined) return [];
          const users = healthy.filter((replica) => uses(replica, object));
          return sinceStart(replicas, { object, write, users, facts }) ?? underRunning(replicas, { object, write, users }) ?? [];
        });
    });
    return found.length > 0 ? found : beforePage(objects, facts.replicas, facts['judged-alert']);
  },

  recognises: [
    {
      story: 'Written by hand, and minutes later both replicas that run for an hour begin to fail.',
      given: { pods: [broken('cart-7f9-a'), broken('cart-7f9-b')], configmaps: [written(6)] },
      finds: [cart],
    },
    {
      story: 'Written days ago; the replicas that were started again today fail, and those that run since before are well.',
      given: { pods: [broken('cart-7f9-a', 30), running('cart-7f9-b'), running('cart-7f9-c')], configmaps: [written(60 * 24 * 3)] },
    },
    {
      story: 'Written minutes before one of two was started again; the other has kept what it read at its start.',
      given: { pods: [broken('cart-7f9-a', 60 * 24 * 9), running('cart-7f9-b')], configmaps: [written(6)] },
      finds: [cart],
    },
    {
      story: 'Replicas stay Ready with what was written under them, and the page about them comes minutes later.',
      given: {
        pods: [mounting('cart-7f9-a')],
        configmaps: [written(9)],
        'judged-alert': { ...exampleJudgedAlert('real', { namespace: 'shop', deployment: 'cart' }), target: cart },
      },
      finds: [cart],
    },
  ],
  isNotFooledBy: [
    {
      story: 'All is Ready, and the page that came is about somebody else.',
      given: {
        pods: [examplePod({ name: 'cart-7f9-a', spec: { volumes: [{ name: 'config', configMap: { name: 'cart' } }] } })],
        configmaps: [written(9)],
        'judged-alert': exampleJudgedAlert('real', { deployment: 'pay' }),
      },
    },
    {
      story: 'A replica that started after the write is well.',
      given: { pods: [broken('cart-7f9-a', 30), running('cart-7f9-b', 20), running('cart-7f9-c')], configmaps: [written(60 * 24 * 3)] },
    },
    { story: 'Written after the failure had begun.', given: { pods: [broken('cart-7f9-a')], configmaps: [written(1)] } },
    { story: 'Written yesterday.', given: { pods: [broken('cart-7f9-a')], configmaps: [written(60 * 24)] } },
    {
      story: 'Written by hand, and nobody minds.',
      given: {
        pods: [examplePod({ name: 'cart-7f9-a', container: { envFrom: [{ configMapRef: { name: 'cart' } }] } })],
        configmaps: [written(6)],
      },
    },
    {
      story: 'Written together with the rollout whose pods fail: the pods are younger than the write.',
      given: { pods: [broken('cart-7f9-a', 5)], configmaps: [written(6)] },
    },
  ],
});

const ownTroubles: ReadonlySet<Trouble['kind']> = new Set(['waiting', 'ended', 'not-ready', 'erring']);
/** Written by the control plane into every namespace. */
const published: ReadonlySet<string> = new Set(['kube-root-ca.crt', 'openshift-service-ca.crt']);

interface Suspected {
  readonly object: ConfigMap | Secret;
  readonly write: ContentWrite;
  /** Healthy replicas that use it as well. */
  readonly users: readonly Replica[];
}

/** Mounted files follow by themselves: replicas that ran before the write began to fail right after it. */
function underRunning(failing: readonly Replica[], { object, write, users }: Suspected): readonly Finding[] | undefined {
  const onset = earliest(failing.map((replica) => replica.failingSince));
  const isNear = onset !== undefined && write.at <= onset + slackMilliseconds && onset - write.at < effectMilliseconds;
  const [first, ...more] = failing.filter((replica) => uses(replica, object) && wasMadeBefore(replica, write.at)).map(sighting);
  if (!isNear || first === undefined) return undefined;
  // Who has it in the environment, and started before the write, has not read it.
  const readers = users.filter((replica) => mounts(replica, object) || !startedBefore(replica, write.at));
  const weight: Weight = readers.length === 0 && more.length > 0 ? 'strong' : readers.length === 0 ? 'suggestive' : 'weak';
  const spared: readonly Claim[] = readers
    .slice(0, 2)
    .map(({ pod }) => claim('A replica that uses it as well is healthy.', citeObject(pod, 'Ready')));
  const says = `${wroteWhat(object, write)}, before ${countOf([first, ...more])} that use it began to fail.`;
  return [
    findingOf([first, ...more], {
      weight,
      since: write.at,
      against: spared,
      because: [claim(says, citeWrite(object, write)), claimOfAll('They ran before, and no rollout made them.', [first, ...more])],
    }),
  ];
}

/** Environment is read at the start only: those that started after the write fail, those from before do not, and nothing else changed. */
function sinceStart(
  failing: readonly Replica[],
  { object, write, users, facts }: Suspected & { readonly facts: RevisionFacts },
): readonly Finding[] | undefined {
  const [first, ...more] = failing.filter((replica) => uses(replica, object)).map(sighting);
  const isSplit =
    users.length > 0 &&
    users.every((replica) => startedBefore(replica, write.at)) &&
    failing.every((replica) => !wasMadeBefore(replica, write.at) || hasStartedSince(replica, write.at));
  if (first === undefined || !isSplit || hasOtherTemplate(failing, users, facts)) return undefined;
  const older = claim(
    `${countOf(users)} started before that and ${users.length === 1 ? 'is' : 'are'} healthy.`,
    citeObject((users[0] ?? first.replica).pod, 'Ready, started before the write', users[0]?.pod.status.startTime),
  );
  return [
    findingOf([first, ...more], {
      weight: users.length + more.length > 1 || isSoonAfter(failing, write.at) ? 'strong' : 'suggestive',
      // Long after the write, whatever had them started again may as well be what they fail of, and the place may tell.
      ...(isSoonAfter(failing, write.at) ? { explainsSplit: true } : {}),
      because: [
        claim(`${wroteWhat(object, write)}, and all replicas that started since fail.`, citeWrite(object, write)),
        claimOfAll(`${countOf([first, ...more])} started after it.`, [first, ...more]),
        older,
      ],
    }),
  ];
}

/** `for` of a rule and the window of its rate: a page comes so long after what it is about. */
const pageMilliseconds = 15 * millisecondsPerMinute;

/** Replicas stay Ready and answer wrongly: then only the page tells, and a write of what they have mounted, just before it. */
function beforePage(objects: readonly (ConfigMap | Secret)[], replicas: Replicas, page: JudgedAlert | undefined): readonly Finding[] {
  const startedAt = page?.alert.startedAt;
  const isOpen = page?.judgement.verdict === 'real' || page?.judgement.verdict === 'cannot-tell';
  const own = page?.target === undefined ? [] : replicas.ofWorkload(page.target);
  if (!isOpen || startedAt === undefined || own.some((replica) => replica.health !== 'healthy')) return [];
  const written = objects.flatMap((object) => {
    const write = lastContentWrite(object);
    const isNear = write !== undefined && write.at <= startedAt && startedAt - write.at < pageMilliseconds;
    const [first, ...more] = own.filter((replica) => isNear && mounts(replica, object) && wasMadeBefore(replica, write.at)).map(sighting);
    return write === undefined || first === undefined ? [] : [{ object, write, seen: [first, ...more] as const }];
  });
  return written.map(({ object, write, seen }) =>
    findingOf(seen, {
      weight: written.length === 1 && seen.length === own.length && !isRenewal(written[0]?.object) ? 'strong' : 'suggestive',
      since: write.at,
      because: [
        claim(`${wroteWhat(object, write)}, before the page came at ${clockTime(startedAt)}.`, citeWrite(object, write)),
        claimOfAll(`${countOf(seen)} of what the page is about ran before and have it mounted.`, seen),
      ],
    }),
  );
}

/** Certificates are written anew every few weeks, by a program: that a page follows is more often chance. */
function isRenewal(object: ConfigMap | Secret | undefined): boolean {
  return object?.kind === 'Secret' && object.type === 'kubernetes.io/tls';
}

function sighting(replica: Replica): Sighting {
  const shows = `${replica.troubles[0]?.reason ?? replica.health}, since then`;
  return { replica, citations: [citeObject(replica.pod, shows, replica.failingSince)] };
}

function wroteWhat({ kind, metadata }: ConfigMap | Secret, { at, by, keys }: ContentWrite): string {
  return `${kind} ${metadata.name} was written at ${clockTime(at)} by ${by}${keys.length === 0 ? '' : ` (${keys.slice(0, 4).join(', ')})`}`;
}

function citeWrite(object: ConfigMap | Secret, { at, by }: ContentWrite): Citation {
  return citeObject(object, `metadata.managedFields: ${by} at ${clockTime(at)}`, at);
}

/** Another template would be the better explanation. A restart writes annotations only. */
function hasOtherTemplate(failing: readonly Replica[], users: readonly Replica[], facts: RevisionFacts): boolean {
  const [bad, good] = [failing[0], users[0]];
  if (bad === undefined || good === undefined || bad.revision === good.revision) return false;
  const history = revisionsOf(bad.workload, facts);
  const [after, before] = [bad, good].map((replica) => history.find((revision) => revision.hash === replica.revision));
  return (
    after === undefined ||
    before === undefined ||
    templateDifference(before.template, after.template).some((part) => !part.startsWith('annotations'))
  );
}

function isSoonAfter(failing: readonly Replica[], at: Instant): boolean {
  const onset = earliest(failing.map((replica) => replica.failingSince));
  return onset !== undefined && at <= onset + slackMilliseconds && onset - at < effectMilliseconds;
}

function broken(name: string, startedMinutesAgo = 60): RawObject {
  const ready = { type: 'Ready', status: 'False', lastTransitionTime: minutesAgo(3) };
  return examplePod({
    name,
    isReady: false,
    startedMinutesAgo,
    labels: { 'pod-template-hash': '7f9' },
    container: { envFrom: [{ configMapRef: { name: 'cart' } }] },
    status: crashLooping({ exitCode: 1, minutesAgo: 3 }),
    podStatus: { conditions: [ready] },
  });
}

function running(name: string, startedMinutesAgo = 60 * 24 * 9): RawObject {
  return examplePod({
    name,
    startedMinutesAgo,
    labels: { 'pod-template-hash': '7f9' },
    container: { envFrom: [{ configMapRef: { name: 'cart' } }] },
  });
}

function written(writtenMinutesAgo: number): RawObject {
  return {
    metadata: {
      name: 'cart',
      namespace: 'shop',
      creationTimestamp: minutesAgo(60 * 24 * 30),
      managedFields: [
        { manager: 'kubectl-edit', operation: 'Update', time: minutesAgo(writtenMinutesAgo), fieldsV1: { 'f:data': { 'f:TIMEOUT': {} } } },
      ],
    },
    data: { TIMEOUT: '' },
  };
}

function mounting(name: string): RawObject {
  return examplePod({ name, labels: { 'pod-template-hash': '7f9' }, spec: { volumes: [{ name: 'config', configMap: { name: 'cart' } }] } });
}
