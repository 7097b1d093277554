import { changedSubject, type ClusterChange } from './cluster-change.ts';
import { editOf, edits, type FieldEdits, refusedEdit } from './field-edit.ts';
import type { Instant } from './instant.ts';
import { objectPathOf } from './object-path.ts';
import { fieldAt, isSame, type JsonValue, type PreparedChange } from './prepared-change.ts';
import { spokenSubject } from './subject.ts';
import { memoryLimitEdits, restartEdits, rollBackEdits } from './template-edits.ts';

/** The objects as the API server sent them. Only what is written to or copied is looked at. */
export interface ObjectsAsRead {
  /** What `objectPathOf` names. Undefined: there is none of this name. */
  readonly object: JsonValue | undefined;
  /** What `otherObjectsPath` names. Empty: nothing else is needed. */
  readonly others: readonly JsonValue[];
}

export type WorkedOut =
  | { readonly state: 'prepared'; readonly prepared: PreparedChange }
  /** The change does not fit the object as it is. */
  | { readonly state: 'refused'; readonly because: string };

type PodEnd = Extract<ClusterChange, { readonly kind: 'evict' | 'delete-pod' }>;
type FieldChange = Exclude<ClusterChange, PodEnd>;

/** What exactly is to be written, as kubectl would. `at` is written where a change carries a time. */
export function exactWrite(change: ClusterChange, read: ObjectsAsRead, at: Instant): WorkedOut {
  const place = objectPathOf(change);
  if (place.state === 'refused') return place;
  if (change.kind === 'evict' || change.kind === 'delete-pod') return podEnd(change, place.path, read.object);
  const { object } = read;
  const spoken = spokenSubject(changedSubject(change));
  const uid = fieldAt(object, '/metadata/uid');
  if (object === undefined || typeof uid !== 'string') return refused(`There is no ${spoken} any more.`);
  if (change.kind === 'relabel-pod' && change.uid === undefined) return refused(unidentified(spoken));
  if (change.uid !== undefined && change.uid !== uid)
    return refused(`${spoken} is another object than the plan saw: it was deleted and made again.`);
  if (fieldAt(object, '/metadata/deletionTimestamp') !== undefined) return refused(`${spoken} is being deleted.`);
  const fields = fieldEdits(change, { ...read, object }, at);
  if (fields.state === 'refused') return fields;
  const { before, after } = fields;
  return prepared({
    change,
    object: { path: place.path, uid },
    write: { kind: 'set-fields', before, after },
    isAlreadySo: isSame(before, after),
  });
}

/** A pod that is gone needs no end. Names of pods come again, so only the very pod that the plan saw is meant. */
function podEnd(change: PodEnd, path: string, object: JsonValue | undefined): WorkedOut {
  const { uid } = change;
  if (uid === undefined) return refused(unidentified(spokenSubject(changedSubject(change))));
  const write = { kind: change.kind === 'evict' ? 'evict' : 'delete' } as const;
  return prepared({ change, object: { path, uid }, write, isAlreadySo: hasEnded(object, uid) });
}

/** True: the pod is gone or on its way. A pod of the same name that took its place is another one. */
export function hasEnded(object: JsonValue | undefined, uid: string): boolean {
  return fieldAt(object, '/metadata/uid') !== uid || fieldAt(object, '/metadata/deletionTimestamp') !== undefined;
}

function fieldEdits(change: FieldChange, read: ObjectsAsRead & { readonly object: JsonValue }, at: Instant): FieldEdits {
  const { object, others } = read;
  switch (change.kind) {
    case 'cordon':
      return edits(editOf(object, ['spec', 'unschedulable'], true));
    case 'uncordon':
      return edits(editOf(object, ['spec', 'unschedulable'], undefined));
    case 'pause-rollout':
      return edits(editOf(object, ['spec', 'paused'], true));
    case 'resume-rollout':
      return edits(editOf(object, ['spec', 'paused'], undefined));
    case 'scale':
      return numberEdits(change, object, 'replicas');
    case 'set-autoscaler-maximum':
      return numberEdits(change, object, 'maxReplicas');
    case 'relabel-pod':
      return labelEdits(object, change.labels);
    case 'restart-rollout':
      return restartEdits(change, object, at);
    case 'roll-back':
      return rollBackEdits(change, object, others);
    case 'set-memory-limit':
      return memoryLimitEdits(change, object);
  }
}

type NumberChange = Extract<ClusterChange, { readonly from: number }>;

function numberEdits(change: NumberChange, object: JsonValue, field: string): FieldEdits {
  const is = fieldAt(object, `/spec/${field}`);
  if (is === change.from || is === change.to) return edits(editOf(object, ['spec', field], change.to));
  const spoken = spokenSubject(changedSubject(change));
  return refusedEdit(`${field} of ${spoken} is ${is === undefined ? 'not set' : JSON.stringify(is)}; the plan expected ${change.from}.`);
}

function labelEdits(object: JsonValue, labels: { readonly [key: string]: string }): FieldEdits {
  const were = fieldAt(object, '/metadata/labels');
  if (were === undefined) return edits(editOf(object, ['metadata', 'labels'], labels));
  return edits(...Object.entries(labels).map(([key, value]) => editOf(object, ['metadata', 'labels', key], value)));
}

function unidentified(spoken: string): string {
  return `The plan does not say which ${spoken} it saw, and names of pods come again.`;
}

function prepared(change: PreparedChange): WorkedOut {
  return { state: 'prepared', prepared: change };
}

function refused(because: string): WorkedOut {
  return { state: 'refused', because };
}
