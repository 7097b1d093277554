import type { Node } from '../kubernetes/node.ts';
import type { PodSpec } from '../kubernetes/pod-template.ts';
import type { Pod } from '../kubernetes/pod.ts';
import { matchesSelector } from '../label-selector.ts';
import type { Obstacle } from '../scheduling.ts';
import type { ClusterView } from './cluster-view.ts';
import { admissionObstacles, placementObstacles } from './node-obstacles.ts';

/** For one pod: what its neighbours on a node, or in the node's zone, speak against. Everything that is the same for all nodes is worked out once. */
export function neighbourObstacles(pod: Pod, view: ClusterView): (node: Node) => readonly Obstacle[] {
  const checks = [...antiAffinityChecks(pod, view), ...affinityChecks(pod, view), ...spreadChecks(pod, view)];
  return (node) => checks.flatMap((check) => check(node) ?? []);
}

type Check = (node: Node) => Obstacle | undefined;
type Affinity = NonNullable<PodSpec['affinity']>;
type Term = NonNullable<Affinity['podAffinity']>['requiredDuringSchedulingIgnoredDuringExecution'][number];

/** Which pods a term speaks of: its namespaces, and those that its selector finds; its own where it names none. */
function isMeant(term: Term, owner: Pod, other: Pod, view: ClusterView): boolean {
  if (term.labelSelector === undefined || !matchesSelector(term.labelSelector, other.metadata.labels)) return false;
  const namespace = other.metadata.namespace ?? '';
  if (term.namespaces.length === 0 && term.namespaceSelector === undefined) return namespace === owner.metadata.namespace;
  if (term.namespaces.includes(namespace)) return true;
  const labels = view.namespaces?.named(undefined, namespace)?.metadata.labels;
  return (
    term.namespaceSelector !== undefined && matchesSelector(term.namespaceSelector, labels ?? { 'kubernetes.io/metadata.name': namespace })
  );
}

function domainOf(pod: Pod, key: string, view: ClusterView): string | undefined {
  return view.nodeNamed(pod.spec.nodeName)?.metadata.labels[key];
}

function domainsOf(pods: readonly Pod[], key: string, view: ClusterView): ReadonlySet<string> {
  return new Set(pods.flatMap((pod) => domainOf(pod, key, view) ?? []));
}

/** Terms of the pod against its neighbours, and of the neighbours against the pod. */
function antiAffinityChecks(pod: Pod, view: ClusterView): readonly Check[] {
  const own = (pod.spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).map((term) => {
    const key = term.topologyKey ?? '';
    return {
      key,
      taken: domainsOf(
        view.placedPods.filter((other) => isMeant(term, pod, other, view)),
        key,
        view,
      ),
    };
  });
  const theirs = view.exclusivePods.flatMap((other) =>
    (other.spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [])
      .filter((term) => isMeant(term, other, pod, view))
      .map((term) => ({ key: term.topologyKey ?? '', taken: domainsOf([other], term.topologyKey ?? '', view) })),
  );
  return [...own, ...theirs]
    .filter(({ taken }) => taken.size > 0)
    .map(
      ({ key, taken }): Check =>
        (node) => {
          const domain = node.metadata.labels[key];
          return domain !== undefined && taken.has(domain) ? { kind: 'pod-anti-affinity' } : undefined;
        },
    );
}

function affinityChecks(pod: Pod, view: ClusterView): readonly Check[] {
  return (pod.spec.affinity?.podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).map((term): Check => {
    const key = term.topologyKey ?? '';
    const wanted = view.placedPods.filter((other) => isMeant(term, pod, other, view));
    const domains = domainsOf(wanted, key, view);
    // The first of a group that wants to be together may start anywhere.
    const isFirst = wanted.length === 0 && isMeant(term, pod, pod, view);
    return (node) => {
      const domain = node.metadata.labels[key];
      return domain !== undefined && (isFirst || domains.has(domain)) ? undefined : { kind: 'pod-affinity' };
    };
  });
}

/** Source: https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/. */
function spreadChecks(pod: Pod, view: ClusterView): readonly Check[] {
  const constraints = pod.spec.topologySpreadConstraints.filter((each) => (each.whenUnsatisfiable ?? 'DoNotSchedule') === 'DoNotSchedule');
  return constraints.map((constraint): Check => {
    const key = constraint.topologyKey ?? '';
    const isCounted = countedBy(constraint, pod);
    const eligible = view.nodes.filter(
      (node) =>
        constraints.every((each) => node.metadata.labels[each.topologyKey ?? ''] !== undefined) &&
        isIncluded(constraint, { pod, node, closing: view.closing }),
    );
    const names = new Set(eligible.map(({ metadata }) => metadata.name));
    const counts = new Map(eligible.map((node) => [node.metadata.labels[key] ?? '', 0]));
    for (const other of view.placedIn(pod.metadata.namespace)) {
      const domain = names.has(other.spec.nodeName ?? '') ? domainOf(other, key, view) : undefined;
      if (domain !== undefined && isCounted(other)) counts.set(domain, (counts.get(domain) ?? 0) + 1);
    }
    const hasTooFewDomains = constraint.minDomains !== undefined && counts.size < constraint.minDomains;
    const fewest = hasTooFewDomains || counts.size === 0 ? 0 : Math.min(...counts.values());
    const added = isCounted(pod) ? 1 : 0;
    return (node) => {
      const domain = node.metadata.labels[key];
      const isWithin = domain !== undefined && (counts.get(domain) ?? 0) + added - fewest <= (constraint.maxSkew ?? 1);
      return isWithin ? undefined : { kind: 'topology-spread', topologyKey: key };
    };
  });
}

type Constraint = PodSpec['topologySpreadConstraints'][number];

/** Which pods count: what the selector finds, and of the same value under each of the label keys that the new pod has. */
function countedBy({ labelSelector, matchLabelKeys }: Constraint, pod: Pod): (other: Pod) => boolean {
  const own = pod.metadata.labels;
  const keys = matchLabelKeys.flatMap((key) => (key === undefined || own[key] === undefined ? [] : [key]));
  return ({ metadata: { labels, deletionTimestamp } }) =>
    labelSelector !== undefined &&
    deletionTimestamp === undefined &&
    matchesSelector(labelSelector, labels) &&
    keys.every((key) => labels[key] === own[key]);
}

/** Whether what stands on the node counts, and its domain as one that could be empty. Left out: affinity counts, taints do not. */
function isIncluded(
  { nodeAffinityPolicy, nodeTaintsPolicy }: Constraint,
  { pod, node, closing }: { readonly pod: Pod; readonly node: Node; readonly closing: ReadonlySet<string> },
): boolean {
  if ((nodeAffinityPolicy ?? 'Honor') === 'Honor' && placementObstacles(pod.spec, node).length > 0) return false;
  if (nodeTaintsPolicy !== 'Honor') return true;
  // A cordon is a taint as well, which comes a moment after it.
  const soon = closing.has(node.metadata.name) ? { ...node, spec: { ...node.spec, unschedulable: true } } : node;
  return admissionObstacles(pod, soon).length === 0;
}
