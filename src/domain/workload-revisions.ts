import type { Collection } from './collection.ts';
import type { PodTemplate } from './kubernetes/pod-template.ts';
import type { ApiObject } from './kubernetes/resources.ts';
import type { ControllerRevision, ReplicaSet } from './kubernetes/workload.ts';
import type { Replica } from './replica.ts';
import type { Subject } from './subject.ts';

/** One version of a workload's template that the API still knows. */
export interface WorkloadRevision {
  /** Counts up with each rollout. */
  readonly number: number;
  /** As replicas carry it: pod-template-hash or controller-revision-hash. */
  readonly hash: string;
  readonly template: PodTemplate;
  readonly object: ApiObject;
}

export interface RevisionFacts {
  readonly replicasets: Collection<ReplicaSet> | undefined;
  readonly controllerrevisions: Collection<ControllerRevision> | undefined;
}

/** Oldest first. Empty: the history could not be read, or the workload has none. */
export function revisionsOf(workload: Subject, facts: RevisionFacts): readonly WorkloadRevision[] {
  const isOwn = (object: ApiObject): boolean =>
    object.metadata.ownerReferences.some(
      (owner) => owner.controller === true && owner.kind === workload.kind && owner.name === workload.name,
    );
  const replicaSets = (facts.replicasets?.inNamespace(workload.namespace) ?? [])
    .filter(isOwn)
    .flatMap((each): readonly WorkloadRevision[] => {
      const { annotations, labels } = each.metadata;
      const number = Number(annotations['deployment.kubernetes.io/revision'] ?? annotations['rollout.argoproj.io/revision']);
      const hash = labels['pod-template-hash'] ?? labels['rollouts-pod-template-hash'];
      return hash === undefined || Number.isNaN(number) ? [] : [{ number, hash, template: each.spec.template, object: each }];
    });
  const revisions = (facts.controllerrevisions?.inNamespace(workload.namespace) ?? []).filter(isOwn).map((each): WorkloadRevision => {
    // Pods of a StatefulSet carry the name of the revision, those of a DaemonSet the label of it.
    const hash =
      workload.kind === 'StatefulSet'
        ? each.metadata.name
        : (each.metadata.labels['controller-revision-hash'] ?? each.metadata.name.slice(workload.name.length + 1));
    return { number: each.revision ?? 0, hash, template: each.data.spec.template, object: each };
  });
  return [...replicaSets, ...revisions].toSorted((left, right) => left.number - right.number);
}

/** The revision that is being rolled out: the highest number; without history, the one whose pods were made last. */
export function newestHash(history: readonly WorkloadRevision[], members: readonly Replica[]): string | undefined {
  const known = history.at(-1)?.hash;
  if (known !== undefined) return known;
  const [latest] = members
    .filter((each) => each.revision !== undefined)
    .toSorted((left, right) => (right.pod.metadata.creationTimestamp ?? 0) - (left.pod.metadata.creationTimestamp ?? 0));
  return latest?.revision;
}
