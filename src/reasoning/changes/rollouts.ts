import { citeObject, claim } from '../../domain/citation.ts';
import { groupBy } from '../../domain/collection.ts';
import { clockTime, type Instant } from '../../domain/instant.ts';
import type { PodTemplate } from '../../domain/kubernetes/pod-template.ts';
import type { ApiObject } from '../../domain/kubernetes/resources.ts';
import { type Subject, subject, subjectKey } from '../../domain/subject.ts';
import type { FactSource } from '../fact-source.ts';
import { isWithin, type SeenChange, type TimeWindow } from './seen-change.ts';
import { templateDifference } from '../../domain/template-difference.ts';

/** One version of a workload's template. */
interface Revision {
  readonly workload: Subject;
  readonly number: number;
  readonly madeAt: Instant;
  readonly hash: string | undefined;
  readonly template: PodTemplate;
  readonly object: ApiObject;
  /** True: the template had been rolled out before, under a lower number. */
  readonly isReused: boolean;
}

/** Rollouts are dated by the ReplicaSet or ControllerRevision that they made, never by the workload's own creation. */
export function rollouts(facts: FactSource, window: TimeWindow): readonly SeenChange[] {
  const revisions = [...fromReplicaSets(facts), ...fromControllerRevisions(facts)];
  return [...groupBy(revisions, (revision) => subjectKey(revision.workload)).values()].flatMap((history) => {
    const ordered = history.toSorted((left, right) => left.number - right.number);
    return ordered.flatMap((revision, index) => {
      const before = ordered[index - 1];
      const at = rolledOutAt(revision, before, facts);
      return isWithin(window, at) ? [rolloutOf(revision, before, at)] : [];
    });
  });
}

function isRollBackTo(revision: Revision, before: Revision | undefined): boolean {
  return before !== undefined && (revision.madeAt < before.madeAt || revision.isReused);
}

function rolledOutAt(revision: Revision, before: Revision | undefined, facts: FactSource): Instant {
  return isRollBackTo(revision, before) ? (reusedAt(revision, facts) ?? revision.madeAt) : revision.madeAt;
}

function rolloutOf(revision: Revision, before: Revision | undefined, at: Instant): SeenChange {
  const differences = before === undefined ? [] : templateDifference(before.template, revision.template);
  const what =
    before === undefined
      ? 'first revision in the history'
      : differences.length > 0
        ? differences.join('; ')
        : 'no difference that Stanch reads';
  const isRollBack = isRollBackTo(revision, before);
  const called = `revision ${revision.number}`;
  return {
    at,
    kind: 'rollout',
    subject: revision.workload,
    summary: `${isRollBack ? 'Rolled out an earlier template again as' : 'Rolled out'} ${called}: ${what}`,
    seenIn: claim(
      `${called} of ${revision.workload.name} was made at ${clockTime(at)}: ${what}.`,
      citeObject(revision.object, `revision ${revision.number}, created ${clockTime(revision.madeAt)}`, at),
    ),
    reaches: (replica) =>
      subjectKey(replica.workload) === subjectKey(revision.workload) && (revision.hash === undefined || replica.revision === revision.hash),
    called,
  };
}

function fromReplicaSets(facts: FactSource): readonly Revision[] {
  return (facts.get('replicasets')?.all ?? []).flatMap((replicaSet) => {
    const owner = replicaSet.metadata.ownerReferences.find((each) => each.controller === true);
    const number = Number(
      replicaSet.metadata.annotations['deployment.kubernetes.io/revision'] ??
        replicaSet.metadata.annotations['rollout.argoproj.io/revision'],
    );
    const madeAt = replicaSet.metadata.creationTimestamp;
    if (owner?.name === undefined || madeAt === undefined || Number.isNaN(number)) return [];
    const hash = replicaSet.metadata.labels['pod-template-hash'] ?? replicaSet.metadata.labels['rollouts-pod-template-hash'];
    return [
      {
        workload: subject(owner.kind ?? 'Deployment', replicaSet.metadata.namespace, owner.name),
        number,
        madeAt,
        hash,
        template: replicaSet.spec.template,
        object: replicaSet,
        isReused: replicaSet.metadata.annotations['deployment.kubernetes.io/revision-history'] !== undefined,
      },
    ];
  });
}

function fromControllerRevisions(facts: FactSource): readonly Revision[] {
  return (facts.get('controllerrevisions')?.all ?? []).flatMap((each) => {
    const owner = each.metadata.ownerReferences.find((reference) => reference.controller === true);
    const madeAt = each.metadata.creationTimestamp;
    if (owner?.name === undefined || owner.kind === undefined || madeAt === undefined) return [];
    // StatefulSet pods carry the whole revision name as hash, DaemonSet pods the label of the revision.
    const hash =
      owner.kind === 'StatefulSet'
        ? each.metadata.name
        : (each.metadata.labels['controller-revision-hash'] ?? each.metadata.name.slice(owner.name.length + 1));
    return [
      {
        workload: subject(owner.kind, each.metadata.namespace, owner.name),
        number: each.revision ?? 0,
        madeAt,
        hash,
        template: each.data.spec.template,
        object: each,
        isReused: false,
      },
    ];
  });
}

/**
 * A rollback raises the number of an old ReplicaSet, whose creation dates the first rollout and not this one. What the
 * controller did about it dates it: its event, or the first pod of it that runs now. A recorded write to the template
 * counts only where it is later: writing the same fields again leaves its time as it was.
 */
function reusedAt(revision: Revision, facts: FactSource): Instant | undefined {
  const carriedOut = earliest([lastScaleUp(revision, facts), firstPod(revision, facts)]);
  return latest([carriedOut, lastSpecWrite(revision.workload, facts)].filter((time) => time !== undefined));
}

function earliest(times: readonly (Instant | undefined)[]): Instant | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

function lastSpecWrite(workload: Subject, facts: FactSource): Instant | undefined {
  const object = facts.get('deployments')?.named(workload.namespace, workload.name);
  const writes =
    object?.metadata.managedFields.filter(
      (each) => each.subresource === undefined && each.paths.some((path) => path.startsWith('spec.template')),
    ) ?? [];
  return latest(writes.flatMap((each) => each.at ?? []));
}

function lastScaleUp(revision: Revision, facts: FactSource): Instant | undefined {
  const events = (facts.get('events')?.inNamespace(revision.workload.namespace) ?? []).filter(
    (event) =>
      event.reason === 'ScalingReplicaSet' &&
      event.involvedObject.name === revision.workload.name &&
      event.message?.startsWith(`Scaled up replica set ${revision.object.metadata.name} `) === true,
  );
  return latest(events.flatMap((event) => event.series?.lastObservedTime ?? event.lastTimestamp ?? event.eventTime ?? []));
}

function firstPod(revision: Revision, facts: FactSource): Instant | undefined {
  const times = (facts.get('pods')?.ownedBy(revision.object.metadata.uid) ?? []).flatMap((pod) => pod.metadata.creationTimestamp ?? []);
  return times.length === 0 ? undefined : Math.min(...times);
}

function latest(times: readonly Instant[]): Instant | undefined {
  return times.length === 0 ? undefined : Math.max(...times);
}
