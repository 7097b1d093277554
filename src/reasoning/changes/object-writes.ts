import { citeObject, claim } from '../../domain/citation.ts';
import { clockTime, type Instant, millisecondsPerMinute } from '../../domain/instant.ts';
import type { ChangeMetadata } from '../../domain/kubernetes/metadata.ts';
import type { PodSpec } from '../../domain/kubernetes/pod-template.ts';
import type { ApiObject, ResourceName } from '../../domain/kubernetes/resources.ts';
import type { ChangeKind } from '../../domain/reasoned.ts';
import type { Replica } from '../../domain/replica.ts';
import { mounts, startedBefore } from '../../domain/read-configuration.ts';
import { subject } from '../../domain/subject.ts';
import type { FactSource } from '../fact-source.ts';
import { isWithin, type SeenChange, type TimeWindow } from './seen-change.ts';

/** Kinds whose every write is a change worth knowing, and whom such a change can touch. */
const watched: readonly {
  readonly resource: ResourceName;
  readonly kind: ChangeKind;
  /** `at`: when it was written. */
  readonly reaches: (object: ApiObject, at: Instant) => (replica: Replica) => boolean;
}[] = [
  {
    resource: 'configmaps',
    kind: 'config',
    reaches: (object, at) => (replica) =>
      isSameNamespace(object, replica) && refersToConfigMap(replica.pod.spec, object.metadata.name) && hasRead(replica, object, at),
  },
  {
    resource: 'secrets',
    kind: 'config',
    reaches: (object, at) => (replica) =>
      isSameNamespace(object, replica) && refersToSecret(replica.pod.spec, object.metadata.name) && hasRead(replica, object, at),
  },
  { resource: 'networkpolicies', kind: 'policy', reaches: (object) => (replica) => isSameNamespace(object, replica) },
  { resource: 'resourcequotas', kind: 'quota', reaches: (object) => (replica) => isSameNamespace(object, replica) },
  { resource: 'limitranges', kind: 'quota', reaches: (object) => (replica) => isSameNamespace(object, replica) },
  { resource: 'ingresses', kind: 'service', reaches: (object) => (replica) => isSameNamespace(object, replica) },
  {
    resource: 'persistentvolumeclaims',
    kind: 'storage',
    reaches: (object) => (replica) => isSameNamespace(object, replica) && usesClaim(replica.pod.spec, object.metadata.name),
  },
  {
    resource: 'serviceaccounts',
    kind: 'policy',
    reaches: (object) => (replica) => isSameNamespace(object, replica) && replica.pod.spec.serviceAccountName === object.metadata.name,
  },
  { resource: 'rolebindings', kind: 'policy', reaches: (object) => (replica) => isSameNamespace(object, replica) },
  { resource: 'validatingwebhookconfigurations', kind: 'policy', reaches: () => () => true },
  { resource: 'mutatingwebhookconfigurations', kind: 'policy', reaches: () => () => true },
  { resource: 'horizontalpodautoscalers', kind: 'scaling', reaches: (object) => (replica) => isSameNamespace(object, replica) },
  { resource: 'poddisruptionbudgets', kind: 'policy', reaches: () => () => false },
];

/** Writers that touch objects all the time without anybody having decided anything. */
const routineManagers = /^(kube-controller-manager|kubelet|kube-scheduler|.*leader.?elect.*|cluster-autoscaler)$/i;
/** Published into every namespace by the control plane. */
const routineNames: ReadonlySet<string> = new Set(['kube-root-ca.crt', 'openshift-service-ca.crt']);

export function objectWrites(facts: FactSource, window: TimeWindow): readonly SeenChange[] {
  return watched.flatMap(({ resource, kind, reaches }) =>
    (facts.get(resource)?.all ?? [])
      .filter((object) => !routineNames.has(object.metadata.name))
      .flatMap((object) => {
        const write = lastWrite(object.metadata as unknown as ChangeMetadata);
        if (write === undefined || !isWithin(window, write.at) || isFounding(object, write, facts)) return [];
        return [changeOf(object, kind, write, reaches(object, write.at))];
      }),
  );
}

/** What came with its namespace was there before anything ran, so nothing that ran was changed by it. */
function isFounding({ metadata }: ApiObject, write: Write, facts: FactSource): boolean {
  const foundedAt = facts.get('namespaces')?.named(undefined, metadata.namespace)?.metadata.creationTimestamp;
  return write.isCreation && foundedAt !== undefined && write.at - foundedAt < millisecondsPerMinute;
}

interface Write {
  readonly at: Instant;
  readonly by: string;
  readonly parts: readonly string[];
  readonly isCreation: boolean;
}

/** The last write to anything but status. Its fields name the writer; without them only the creation is known. */
function lastWrite(metadata: ChangeMetadata): Write | undefined {
  const created = metadata.creationTimestamp;
  const writes = metadata.managedFields.filter(
    (each) =>
      each.subresource !== 'status' && !routineManagers.test(each.manager ?? '') && each.paths.some((path) => !path.startsWith('status')),
  );
  const [latest] = writes.filter((each) => each.at !== undefined).toSorted((left, right) => (right.at ?? 0) - (left.at ?? 0));
  if (latest?.at !== undefined) {
    const isCreation = created !== undefined && latest.at - created < millisecondsPerMinute;
    return {
      at: latest.at,
      by: latest.manager ?? 'an unnamed client',
      parts: latest.paths.filter((path) => /^(data|spec)\.[^.]+$/.test(path)),
      isCreation,
    };
  }
  return created === undefined ? undefined : { at: created, by: 'an unnamed client', parts: [], isCreation: true };
}

function changeOf(object: ApiObject, kind: ChangeKind, write: Write, reaches: (replica: Replica) => boolean): SeenChange {
  const name = `${object.kind} ${object.metadata.name}`;
  const parts = write.parts.length === 0 || write.isCreation ? '' : ` (${write.parts.slice(0, 4).join(', ')})`;
  const summary = `${name} ${write.isCreation ? 'created' : 'written'} by ${write.by}${parts}`;
  return {
    at: write.at,
    kind,
    subject: subject(object.kind, object.metadata.namespace, object.metadata.name),
    summary,
    seenIn: claim(
      `${summary} at ${clockTime(write.at)}.`,
      citeObject(object, `metadata.managedFields: ${write.by} at ${clockTime(write.at)}`, write.at),
    ),
    reaches,
    called: name,
  };
}

function isSameNamespace(object: ApiObject, replica: Replica): boolean {
  return object.metadata.namespace === replica.pod.metadata.namespace;
}

/** Files follow what is written by themselves; an environment, and what an image was pulled with, is of the last start. */
function hasRead(replica: Replica, { kind, metadata }: ApiObject, at: Instant): boolean {
  return mounts(replica, { kind, metadata }) || !startedBefore(replica, at);
}

export function refersToConfigMap(spec: PodSpec, name: string): boolean {
  return (
    spec.volumes.some(
      (volume) => volume.configMap?.name === name || volume.projected?.sources.some((source) => source.configMap?.name === name) === true,
    ) ||
    [...spec.containers, ...spec.initContainers].some(
      (container) =>
        container.env.some((variable) => variable.configMapKeyRef?.name === name) ||
        container.envFrom.some((source) => source.configMapRef?.name === name),
    )
  );
}

export function refersToSecret(spec: PodSpec, name: string): boolean {
  return (
    spec.volumes.some(
      (volume) => volume.secret?.secretName === name || volume.projected?.sources.some((source) => source.secret?.name === name) === true,
    ) ||
    spec.imagePullSecrets.some((each) => each.name === name) ||
    [...spec.containers, ...spec.initContainers].some(
      (container) =>
        container.env.some((variable) => variable.secretKeyRef?.name === name) ||
        container.envFrom.some((source) => source.secretRef?.name === name),
    )
  );
}

function usesClaim(spec: PodSpec, name: string): boolean {
  return spec.volumes.some((volume) => volume.persistentVolumeClaim?.claimName === name);
}
