import { changedSubject, type ClusterChange } from './cluster-change.ts';
import { editOf, edits, type FieldEdits, refusedEdit, unchanged } from './field-edit.ts';
import { formatInstant, type Instant, millisecondsPerSecond } from './instant.ts';
import type { ResourceName } from './kubernetes/resources.ts';
import { type LabelSelector, spokenSelector } from './label-selector.ts';
import { fieldAt, isSame, type JsonValue, pointerStep } from './prepared-change.ts';
import { parseQuantity } from './quantity.ts';
import { isRecord, list, quantity, section, text, textList, textMap } from './shape.ts';
import { spokenSubject } from './subject.ts';

type Of<Kind extends ClusterChange['kind']> = Extract<ClusterChange, { readonly kind: Kind }>;

const restartedAt = 'kubectl.kubernetes.io/restartedAt';
const revisionNumber = 'deployment.kubernetes.io/revision';
const templateHash = 'pod-template-hash';

/** kubectl's way: a change of the template that means nothing else. */
export function restartEdits(change: Of<'restart-rollout'>, object: JsonValue, at: Instant): FieldEdits {
  if (isPaused(object)) return refusedEdit(`${spoken(change)} is paused, so that nothing would be restarted. Resume it first.`);
  const wholeSeconds = formatInstant(Math.floor(at / millisecondsPerSecond) * millisecondsPerSecond);
  return edits(editOf(object, ['spec', 'template', 'metadata', 'annotations', restartedAt], wholeSeconds));
}

/** Pointer of the annotation that restarts. */
export const restartPointer = `/spec/template/metadata/annotations${pointerStep(restartedAt)}`;

const pastTemplates = { deployments: 'replicasets', others: 'controllerrevisions' } as const;

/** The resources that `otherObjectsPath` may name for a change of this kind. */
export function resourcesReadFor(kind: ClusterChange['kind']): readonly ResourceName[] {
  return kind === 'roll-back' ? Object.values(pastTemplates) : [];
}

/**
 * Where the past templates of the workload are: its ReplicaSets or ControllerRevisions. Undefined: the change needs none
 * of them. They are selected as the workload's own controller selects them.
 */
export function otherObjectsPath(change: ClusterChange, object: JsonValue): string | undefined {
  if (change.kind !== 'roll-back') return undefined;
  const { kind, namespace = '' } = change.workload;
  const plural = kind === 'Deployment' ? pastTemplates.deployments : pastTemplates.others;
  const selector = spokenSelector(selectorShape.read(fieldAt(object, '/spec/selector')));
  return `/apis/apps/v1/namespaces/${namespace}/${plural}?labelSelector=${encodeURIComponent(selector)}`;
}

const selectorShape = section({
  matchLabels: textMap,
  matchExpressions: list(section({ key: text, operator: text, values: textList })),
}) satisfies { readonly read: (raw: unknown) => LabelSelector };

/** The whole template becomes that of the revision; what else belongs to the workload, such as its replicas, stays. */
export function rollBackEdits(change: Of<'roll-back'>, object: JsonValue, others: readonly JsonValue[]): FieldEdits {
  if (isPaused(object)) return refusedEdit(`${spoken(change)} is paused, and a paused rollout cannot be rolled back. Resume it first.`);
  const uid = fieldAt(object, '/metadata/uid');
  const own = others.filter((each) => isControlledBy(each, uid));
  const isWanted = (each: JsonValue): boolean => revisionOf(each) === change.toRevision;
  const template = own
    .filter(isWanted)
    .map(pastTemplate)
    .find((each) => each !== undefined);
  if (template === undefined) {
    const there = own.map(revisionOf).filter((each) => each !== undefined);
    const known = there.length === 0 ? 'none' : there.toSorted((left, right) => left - right).join(', ');
    return refusedEdit(`${spoken(change)} has no revision ${change.toRevision} any more; the cluster still has: ${known}.`);
  }
  const current = fieldAt(object, '/spec/template');
  if (current !== undefined && isSame(plainTemplate(current), template)) return edits(unchanged(object, ['spec', 'template']));
  return edits(editOf(object, ['spec', 'template'], template));
}

function isControlledBy(object: JsonValue, uid: JsonValue | undefined): boolean {
  const owners = fieldAt(object, '/metadata/ownerReferences');
  return Array.isArray(owners) && owners.some((owner) => isRecord(owner) && owner['controller'] === true && owner['uid'] === uid);
}

function revisionOf(object: JsonValue): number | undefined {
  const revision = fieldAt(object, '/revision') ?? fieldAt(object, `/metadata/annotations${pointerStep(revisionNumber)}`);
  return revision === undefined || Number.isNaN(Number(revision)) ? undefined : Number(revision);
}

/** Of a ReplicaSet, or of a ControllerRevision, which holds it as a patch. */
function pastTemplate(object: JsonValue): JsonValue | undefined {
  const template = fieldAt(object, '/data/spec/template') ?? fieldAt(object, '/spec/template');
  return template === undefined ? undefined : plainTemplate(template);
}

/** Without what controllers add to a template when they keep it. */
function plainTemplate(template: JsonValue): JsonValue {
  if (!isRecord(template)) return template;
  const metadata = template['metadata'];
  if (!isRecord(metadata)) return without(template, '$patch');
  const labels = metadata['labels'];
  // Older servers write an unset time of creation as null.
  const plain = metadata['creationTimestamp'] === null ? without(metadata, 'creationTimestamp') : metadata;
  return {
    ...without(template, '$patch'),
    metadata: { ...plain, ...(isRecord(labels) ? { labels: without(labels, templateHash) } : {}) },
  };
}

function without(object: { readonly [key: string]: JsonValue }, key: string): { readonly [key: string]: JsonValue } {
  return Object.fromEntries(Object.entries(object).filter(([name]) => name !== key));
}

const containerLists = ['containers', 'initContainers'];

export function memoryLimitEdits(change: Of<'set-memory-limit'>, object: JsonValue): FieldEdits {
  const { container, from, to } = change;
  const named = `The memory limit of container ${container} of ${spoken(change)}`;
  const place = containerLists.map((kind) => containerNamed(object, kind, container)).find((each) => each !== undefined);
  if (place === undefined) return refusedEdit(`${spoken(change)} has no container ${container}.`);
  const resources = fieldAt(place.value, '/resources') ?? {};
  const limit = quantity.read(fieldAt(resources, '/limits/memory'));
  const size = parseQuantity(limit);
  const [expected, wanted] = [parseQuantity(from), parseQuantity(to)];
  if (wanted === undefined || expected === undefined) return refusedEdit(`${named}: ${wanted === undefined ? to : from} is no quantity.`);
  if (size === undefined) return refusedEdit(`${named} is not set; the plan expected ${from}.`);
  if (size !== expected && size !== wanted) return refusedEdit(`${named} is ${limit}; the plan expected ${from}.`);
  const request = quantity.read(fieldAt(resources, '/requests/memory'));
  if ((parseQuantity(request) ?? 0) > wanted) return refusedEdit(`${named} cannot be ${to}: the container requests ${request}.`);
  const names = ['spec', 'template', 'spec', place.kind, String(place.index)];
  // Another container may stand at this place by the time that it is written.
  const isMeant = unchanged(object, [...names, 'name']);
  const field = [...names, 'resources', 'limits', 'memory'];
  return edits(isMeant, size === wanted ? unchanged(object, field) : editOf(object, field, to));
}

interface ContainerPlace {
  readonly kind: string;
  readonly index: number;
  readonly value: JsonValue;
}

function containerNamed(object: JsonValue, kind: string, name: string): ContainerPlace | undefined {
  const containers = fieldAt(object, `/spec/template/spec/${kind}`);
  if (!Array.isArray(containers)) return undefined;
  const index = containers.findIndex((each) => fieldAt(each, '/name') === name);
  return index === -1 ? undefined : { kind, index, value: containers[index] };
}

function isPaused(object: JsonValue): boolean {
  return fieldAt(object, '/spec/paused') === true;
}

function spoken(change: ClusterChange): string {
  return spokenSubject(changedSubject(change));
}
