import {
  flag,
  freeTextMap,
  instant,
  list,
  message,
  numberOrText,
  name,
  requiredName,
  type Shaped,
  section,
  text,
  textList,
  textMap,
} from '../shape.ts';
import { isRecord, type Shape } from '../shape.ts';

/** One writer's latest write. Source: metadata.managedFields. Tells who changed which part, and when. */
export interface FieldManager {
  /** "kubectl-edit", "argocd-controller", "kubelet" … Absent: not recorded. */
  readonly manager: string | undefined;
  /** "Apply" or "Update". */
  readonly operation: string | undefined;
  readonly subresource: string | undefined;
  readonly at: number | undefined;
  /** Dotted top paths that this manager owns, at most three levels deep, for example "spec.template.spec", "data.PASSWORD". */
  readonly paths: readonly string[];
}

const noPaths: readonly string[] = Object.freeze([]);

/** Field names only: fieldsV1 holds no values, so this is safe for Secrets as well. */
function ownedPaths(fields: unknown): readonly string[] {
  if (!isRecord(fields)) return noPaths;
  const paths: string[] = [];
  collectPaths(fields, '', 3, paths);
  return paths;
}

function collectPaths(fields: { readonly [key: string]: unknown }, prefix: string, levels: number, into: string[]): void {
  for (const [key, below] of Object.entries(fields)) {
    if (!key.startsWith('f:')) continue;
    const path = prefix === '' ? key.slice(2) : `${prefix}.${key.slice(2)}`;
    into.push(path);
    if (levels > 1 && isRecord(below)) collectPaths(below, path, levels - 1, into);
  }
}

const fieldManager: Shape<FieldManager> = {
  read(raw) {
    const from = isRecord(raw) ? raw : {};
    return {
      manager: text.read(from['manager']),
      operation: text.read(from['operation']),
      subresource: text.read(from['subresource']),
      at: instant.read(from['time']),
      paths: ownedPaths(from['fieldsV1']),
    };
  },
};

export const ownerReference = section({
  kind: text,
  name,
  uid: text,
  /** True: the owner that manages this object. */
  controller: flag,
});

const shared = {
  /** Never absent in the API; an object without a name is read with an empty one. */
  name: requiredName,
  /** Absent: the kind is cluster-wide. */
  namespace: name,
  /** Unique for all time. Absent: the bundle left it out. */
  uid: text,
  labels: textMap,
  annotations: freeTextMap,
  creationTimestamp: instant,
  /** Absent: nobody asked to delete the object. */
  deletionTimestamp: instant,
  finalizers: textList,
  ownerReferences: list(ownerReference),
};

/** Metadata without managedFields: for kinds that come in tens of thousands. */
export const metadata = section(shared);
export type Metadata = Shaped<typeof metadata>;

/** Metadata with the writers of each part: for kinds whose changes a human makes. */
export const changeMetadata = section({ ...shared, generation: numberOrText, managedFields: list(fieldManager) });
export type ChangeMetadata = Shaped<typeof changeMetadata>;

/** A condition as every kind reports it in status.conditions. */
export const condition = section({
  type: text,
  /** "True", "False" or "Unknown". */
  status: text,
  reason: text,
  message: message(1024),
  lastTransitionTime: instant,
  /** Only nodes: the last time that the kubelet reported at all. */
  lastHeartbeatTime: instant,
});
export type Condition = Shaped<typeof condition>;
