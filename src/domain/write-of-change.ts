import type { ClusterChange } from './cluster-change.ts';
import { type ExactWrite, type FieldValue, type FieldWrite, isSame, type JsonValue, pointerStep } from './prepared-change.ts';
import { parseQuantity } from './quantity.ts';
import { restartPointer } from './template-edits.ts';

/**
 * True: the write does what the change says, or puts that back, and nothing else. What is stored and carried out later,
 * and what an admission webhook of the cluster makes of a write, is held against the change by this.
 */
export function isWriteOf(change: ClusterChange, write: ExactWrite): boolean {
  if (change.kind === 'evict') return write.kind === 'evict';
  if (change.kind === 'delete-pod') return write.kind === 'delete';
  if (write.kind !== 'set-fields' || write.after.length === 0) return false;
  return isOneList(write) && [...write.before, ...write.after].every((field) => isFieldOf(change, field, write));
}

function isOneList({ before, after }: FieldWrite): boolean {
  return before.length === after.length && before.every(({ pointer }, index) => pointer === after[index]?.pointer);
}

function isFieldOf(change: ClusterChange, field: FieldValue, write: FieldWrite): boolean {
  const { pointer, value } = field;
  switch (change.kind) {
    case 'cordon':
    case 'uncordon':
      return pointer === '/spec/unschedulable' && isSwitch(value);
    case 'pause-rollout':
    case 'resume-rollout':
      return pointer === '/spec/paused' && isSwitch(value);
    case 'scale':
      return pointer === '/spec/replicas' && (value === change.from || value === change.to);
    case 'set-autoscaler-maximum':
      return pointer === '/spec/maxReplicas' && (value === change.from || value === change.to);
    case 'relabel-pod':
      return pointer === '/metadata/labels' || Object.keys(change.labels).some((key) => pointer === `/metadata/labels${pointerStep(key)}`);
    case 'restart-rollout':
      // The annotation, or whichever of its parents did not exist.
      return pointer.startsWith('/spec/template/metadata') && `${restartPointer}/`.startsWith(`${pointer}/`);
    case 'roll-back':
      return pointer === '/spec/template';
    case 'set-memory-limit':
      return isMemoryField(change, field, write);
    case 'evict':
    case 'delete-pod':
      return false;
  }
}

function isSwitch(value: JsonValue | undefined): boolean {
  return value === undefined || typeof value === 'boolean';
}

type MemoryLimit = Extract<ClusterChange, { readonly kind: 'set-memory-limit' }>;

const containerField = /^\/spec\/template\/spec\/(?:containers|initContainers)\/\d+\/(name|resources\/limits\/memory)$/;

function isMemoryField({ container, from, to }: MemoryLimit, { pointer, value }: FieldValue, { before, after }: FieldWrite): boolean {
  const field = containerField.exec(pointer)?.[1];
  if (field === 'name') return value === container;
  const isNamed = [before, after].every((fields) =>
    fields.some((each) => isSame(each, { pointer: nameBeside(pointer), value: container })),
  );
  const size = typeof value === 'string' ? parseQuantity(value) : undefined;
  return field !== undefined && isNamed && size !== undefined && [from, to].some((each) => parseQuantity(each) === size);
}

function nameBeside(limitPointer: string): string {
  return limitPointer.replace(/resources\/limits\/memory$/, 'name');
}
