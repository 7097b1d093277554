import { type Claim, citeObject, claim } from '../../domain/citation.ts';
import { groupBy } from '../../domain/collection.ts';
import { configurationReferences } from '../../domain/configuration-reference.ts';
import { minutesAgo, type RawObject } from '../../domain/example.ts';
import { crashLooping, examplePod } from '../../domain/example-objects.ts';
import { defineFailureMode, type Weight } from '../../domain/failure-mode.ts';
import { clockTime, type Instant, millisecondsPerMinute } from '../../domain/instant.ts';
import type { ChangeMetadata } from '../../domain/kubernetes/metadata.ts';
import type { ConfigMap, Secret } from '../../domain/kubernetes/storage.ts';
import type { Replica, Trouble } from '../../domain/replica.ts';
import { claimOfAll, countOf, earliest, findingOf, type Sighting } from '../../domain/sightings.ts';
import { subjectKey } from '../../domain/subject.ts';

/** Mounted files follow within a kubelet sync and cache period, a minute or two; what breaks by them does so within the half hour. */
const effectMilliseconds = 30 * millisecondsPerMinute;
/** Clocks and back-offs: a failure may be dated this much before the write that caused it. */
const slackMilliseconds = millisecondsPerMinute;

/** A ConfigMap or Secret was written, and the pods that use it began to fail right after, without any rollout. */
export const configurationChangedUnderRunningPods = defineFailureMode({
  id: 'configuration-changed-under-running-pods',
  title: 'Configuration was changed, and the pods that use it fail since',
  role: 'cause',
  explanation: {
    whatItIs: 'A ConfigMap or Secret changed while pods used it: mounted files follow by themselves, environment at the next restart. No revision tells of it.',
    howItLooks: 'All replicas that use it fail one after the other, whatever their revision and node; the object was written minutes before.',
    whyItHappens: 'A manual edit, a synchronisation from elsewhere, a rotated credential that its other side does not know yet.',
    whatStopsTheBleeding: 'Put the former content back. Restart nothing that still runs on it.',
    whatFixesIt: 'Correct the content, and roll it out like code.',
    howToPreventIt: 'Make configuration immutable and named by its content, so that a change is a rollout that can be rolled back.',
  },
  sources: ['https://kubernetes.io/docs/concepts/configuration/configmap/#mounted-configmaps-are-updated-automatically', 'https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management'],
  needs: ['replicas'],
  helpedBy: ['configmaps', 'secrets'],
  explains: ['crash-on-start-from-configuration', 'dependency-rejects-credentials', 'liveness-probe-misconfigured', 'readiness-probe-misconfigured', 'service-address-wrong-in-client', 'missing-configmap-or-secret'],
  mitigations: ['restart-rollout'],

  recognise(facts) {
    const objects = [...(facts.configmaps?.all ?? []), ...(facts.secrets?.all ?? [])];
    const failing = groupBy(facts.replicas.failing.filter((replica) => replica.troubles.some((trouble) => ownTroubles.has(trouble.kind))), (replica) => subjectKey(replica.workload));
    return [...failing.values()].flatMap((replicas) => {
      const onset = earliest(replicas.map((replica) => replica.failingSince));
      const [any] = replicas;
      if (any === undefined || onset === undefined) return [];
      return objects.flatMap((object) => {
        const write = lastContentWrite(object, onset);
        const users = write === undefined || object.metadata.namespace !== any.workload.namespace ? [] : replicas.filter((replica) => uses(replica, object) && wasRunningBefore(replica, write.at));
        const [first, ...more] = users.map((replica): Sighting => ({ replica, citations: [citeObject(replica.pod, `${replica.troubles[0]?.reason ?? 'failing'}, since then`, replica.failingSince)] }));
        if (write === undefined || first === undefined) return [];
        const others = facts.replicas.ofWorkload(any.workload).filter((replica) => replica.health === 'healthy' && uses(replica, object));
        const weight: Weight = others.length === 0 && users.length > 1 ? 'strong' : others.length === 0 ? 'suggestive' : 'weak';
        const says = `${object.kind} ${object.metadata.name} was written at ${clockTime(write.at)} by ${write.by}${write.keys.length === 0 ? '' : ` (${write.keys.slice(0, 4).join(', ')})`}, before ${countOf(users)} that use it began to fail.`;
        const spared: readonly Claim[] = others.slice(0, 2).map(({ pod }) => claim('A replica that uses it as well is healthy.', citeObject(pod, 'Ready')));
        return [findingOf([first, ...more], { weight, since: write.at, against: spared, because: [claim(says, citeObject(object, `metadata.managedFields: ${write.by} at ${clockTime(write.at)}`, write.at)), claimOfAll('They ran before, and no rollout made them.', [first, ...more])] })];
      });
    });
  },

  recognises: [
    { story: 'Written by hand, and minutes later both replicas that run for an hour begin to fail.', given: { pods: [broken('cart-7f9-a'), broken('cart-7f9-b')], configmaps: [written(6)] }, finds: [{ kind: 'Deployment', namespace: 'shop', name: 'cart' }] },
  ],
  isNotFooledBy: [
    { story: 'Written after the failure had begun.', given: { pods: [broken('cart-7f9-a')], configmaps: [written(1)] } },
    { story: 'Written yesterday.', given: { pods: [broken('cart-7f9-a')], configmaps: [written(60 * 24)] } },
    { story: 'Written by hand, and nobody minds.', given: { pods: [examplePod({ name: 'cart-7f9-a', container: { envFrom: [{ configMapRef: { name: 'cart' } }] } })], configmaps: [written(6)] } },
    { story: 'Written together with the rollout whose pods fail: the pods are younger than the write.', given: { pods: [broken('cart-7f9-a', 5)], configmaps: [written(6)] } },
  ],
});

const ownTroubles: ReadonlySet<Trouble['kind']> = new Set(['waiting', 'ended', 'not-ready', 'erring']);
/** Written by the control plane into every namespace. */
const published: ReadonlySet<string> = new Set(['kube-root-ca.crt', 'openshift-service-ca.crt']);

interface Write {
  readonly at: Instant;
  readonly by: string;
  readonly keys: readonly string[];
}

/** The last write of content shortly before the onset. The creation is none: what did not exist was not used. */
function lastContentWrite(object: ConfigMap | Secret, onset: Instant): Write | undefined {
  const metadata: ChangeMetadata = object.metadata;
  const created = metadata.creationTimestamp ?? 0;
  const writes = metadata.managedFields.flatMap((each) => {
    const keys = each.paths.filter((path) => /^(?:data|binaryData|stringData)\./.test(path)).map((path) => path.replace(/^[^.]*\./, ''));
    const isContent = keys.length > 0 || each.paths.some((path) => path === 'data' || path === 'binaryData');
    return !isContent || each.at === undefined ? [] : [{ at: each.at, by: each.manager ?? 'an unnamed client', keys }];
  });
  const [latest] = writes.toSorted((left, right) => right.at - left.at);
  const isNear = latest !== undefined && latest.at <= onset + slackMilliseconds && onset - latest.at < effectMilliseconds && latest.at - created > millisecondsPerMinute;
  return isNear && !published.has(object.metadata.name) ? latest : undefined;
}

function uses({ pod }: Replica, object: ConfigMap | Secret): boolean {
  return configurationReferences(pod.spec).some((reference) => reference.kind === object.kind && reference.name === object.metadata.name);
}

function wasRunningBefore({ pod }: Replica, at: Instant): boolean {
  return pod.metadata.creationTimestamp !== undefined && pod.metadata.creationTimestamp < at;
}

function broken(name: string, startedMinutesAgo = 60): RawObject {
  const ready = { type: 'Ready', status: 'False', lastTransitionTime: minutesAgo(3) };
  return examplePod({
    name, isReady: false, startedMinutesAgo, labels: { 'pod-template-hash': '7f9' }, container: { envFrom: [{ configMapRef: { name: 'cart' } }] },
    status: crashLooping({ exitCode: 1, minutesAgo: 3 }), podStatus: { conditions: [ready] },
  });
}

function written(writtenMinutesAgo: number): RawObject {
  return {
    metadata: { name: 'cart', namespace: 'shop', creationTimestamp: minutesAgo(60 * 24 * 30), managedFields: [{ manager: 'kubectl-edit', operation: 'Update', time: minutesAgo(writtenMinutesAgo), fieldsV1: { 'f:data': { 'f:TIMEOUT': {} } } }] },
    data: { TIMEOUT: '' },
  };
}
