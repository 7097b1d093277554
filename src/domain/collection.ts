import type { Gap } from './evidence.ts';
import { type LabelSelector, matchesLabels, matchesSelector } from './label-selector.ts';
import type { ApiObject } from './kubernetes/resources.ts';

/**
 * All objects of one kind, indexed once. Rules look things up here instead of walking lists, so that their cost grows
 * with what they find. Each index is made when it is first asked for.
 */
export interface Collection<Item extends ApiObject> {
  readonly all: readonly Item[];
  /** Namespace undefined: a cluster-wide kind. */
  readonly named: (namespace: string | undefined, name: string | undefined) => Item | undefined;
  readonly withUid: (uid: string | undefined) => Item | undefined;
  readonly inNamespace: (namespace: string | undefined) => readonly Item[];
  /** Objects whose managing owner has this uid. */
  readonly ownedBy: (uid: string | undefined) => readonly Item[];
  /** Objects of the namespace that the whole selector matches; an empty selector matches all of them. */
  readonly selectedBy: (namespace: string | undefined, selector: LabelSelector) => readonly Item[];
  /** The same for a plain map, as Services have it; an empty map matches nothing, as for Services. */
  readonly withLabels: (namespace: string | undefined, labels: { readonly [key: string]: string }) => readonly Item[];
  /**
   * False: a part of this namespace's objects could not be read, so what is not here may still exist. Ask before saying
   * that something is missing. Namespace undefined: of any namespace, or of a cluster-wide kind.
   */
  readonly isComplete: (namespace: string | undefined) => boolean;
}

export function collect<Item extends ApiObject>(all: readonly Item[], gaps: readonly Gap[] = []): Collection<Item> {
  const byName = once(() => indexByName(all, (item) => item));
  const byUid = once(() => new Map(all.flatMap((item) => (item.metadata.uid === undefined ? [] : [[item.metadata.uid, item] as const]))));
  const byNamespace = once(() => groupBy(all, (item) => item.metadata.namespace ?? ''));
  const byOwner = once(() => groupBy(all, (item) => item.metadata.ownerReferences.find((owner) => owner.controller === true)?.uid));
  const inNamespace = (namespace: string | undefined): readonly Item[] => byNamespace().get(namespace ?? '') ?? [];
  return {
    all,
    named: (namespace, name) =>
      name === undefined
        ? undefined
        : byName()
            .get(namespace ?? '')
            ?.get(name),
    withUid: (uid) => (uid === undefined ? undefined : byUid().get(uid)),
    inNamespace,
    ownedBy: (uid) => (uid === undefined ? [] : (byOwner().get(uid) ?? [])),
    selectedBy: (namespace, selector) => inNamespace(namespace).filter((item) => matchesSelector(selector, item.metadata.labels)),
    withLabels: (namespace, labels) =>
      Object.keys(labels).length === 0 ? [] : inNamespace(namespace).filter((item) => matchesLabels(labels, item.metadata.labels)),
    isComplete: (namespace) => gaps.every((gap) => namespace !== undefined && isOutside(gap, namespace)),
  };
}

/** True: what is missing lies in other namespaces. */
export function isOutside({ namespaces, exceptNamespaces }: Gap, namespace: string): boolean {
  if (namespaces !== undefined) return !namespaces.includes(namespace);
  return exceptNamespaces !== undefined && exceptNamespaces.includes(namespace);
}

/** By namespace, then by name: no key is made for each of tens of thousands of objects. The last of several equal names wins. */
export function indexByName<Item>(
  items: readonly Item[],
  objectOf: (item: Item) => ApiObject,
): ReadonlyMap<string, ReadonlyMap<string, Item>> {
  const byNamespace = new Map<string, Map<string, Item>>();
  for (const item of items) {
    const { name, namespace = '' } = objectOf(item).metadata;
    const inNamespace = byNamespace.get(namespace);
    if (inNamespace === undefined) byNamespace.set(namespace, new Map([[name, item]]));
    else inNamespace.set(name, item);
  }
  return byNamespace;
}

export function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** Groups in order of first appearance. Items whose key is undefined belong to no group. */
export function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string | undefined): ReadonlyMap<string, readonly Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
