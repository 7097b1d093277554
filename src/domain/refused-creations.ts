import { type Citation, type Claim, citeObject } from './citation.ts';
import type { Collection } from './collection.ts';
import { citeEvent, firstSeenAt, recentEvents } from './event-index.ts';
import type { Finding, Weight } from './failure-mode.ts';
import type { Instant } from './instant.ts';
import type { Condition } from './kubernetes/metadata.ts';
import type { ApiObject } from './kubernetes/resources.ts';
import type { DaemonSet, Deployment, Event, Job, ReplicaSet, StatefulSet } from './kubernetes/workload.ts';
import { earliest } from './sightings.ts';
import { type Subject, subject, subjectKey } from './subject.ts';

/** Pods that a controller wants and the API server does not let it create, as things stand. */
export interface RefusedCreation {
  readonly workload: Subject;
  /** How many pods are wanted and do not exist. */
  readonly missing: number;
  /** The API server's words, redacted. */
  readonly words: string;
  readonly citations: readonly [Citation, ...Citation[]];
  readonly since: Instant | undefined;
}

export interface RefusalFacts {
  readonly now: Instant;
  readonly deployments: Collection<Deployment> | undefined;
  readonly replicasets: Collection<ReplicaSet> | undefined;
  readonly statefulsets: Collection<StatefulSet> | undefined;
  readonly daemonsets: Collection<DaemonSet> | undefined;
  readonly jobs: Collection<Job> | undefined;
  readonly events: Collection<Event> | undefined;
}

/** Each workload once. An event counts only while pods are missing: what was refused and created later is over. */
export function refusedCreations(facts: RefusalFacts): readonly RefusedCreation[] {
  const all = [
    ...(facts.replicasets?.all ?? []).flatMap((each) => fromReplicaSet(each, facts)),
    ...(facts.deployments?.all ?? []).flatMap((each) => fromDeployment(each, facts)),
    ...(facts.statefulsets?.all ?? []).flatMap((each) =>
      refusal(each, { missing: (each.spec.replicas ?? 1) - (each.status.replicas ?? 0), conditions: each.status.conditions }, facts),
    ),
    ...(facts.daemonsets?.all ?? []).flatMap((each) =>
      refusal(
        each,
        { missing: (each.status.desiredNumberScheduled ?? 0) - (each.status.currentNumberScheduled ?? 0), conditions: [] },
        facts,
      ),
    ),
    ...(facts.jobs?.all ?? []).flatMap((each) => refusal(each, { missing: missingOfJob(each), conditions: [] }, facts)),
  ];
  return [...new Map(all.toReversed().map((each) => [subjectKey(each.workload), each])).values()].toReversed();
}

/** The finding about refused pods: they do not exist, so what suffers is the workload. Pods that do exist fail for reasons of their own. */
export function refusalFinding(
  refused: RefusedCreation,
  parts: {
    readonly weight: Weight;
    readonly because: readonly [Claim, ...Claim[]];
    readonly subject?: Subject;
    readonly against?: readonly Claim[];
    readonly contributing?: readonly Claim[];
    readonly blames?: readonly Subject[];
    readonly wouldSettle?: readonly string[];
  },
): Finding {
  const { subject: own, ...rest } = parts;
  return {
    ...rest,
    subject: own ?? refused.workload,
    affects: [refused.workload],
    ...(refused.since === undefined ? {} : { since: refused.since }),
  };
}

function missingOfJob(job: Job): number {
  const isOver = job.status.conditions.some(
    (condition) => (condition.type === 'Complete' || condition.type === 'Failed') && condition.status === 'True',
  );
  const pods = (job.status.active ?? 0) + (job.status.succeeded ?? 0) + (job.status.failed ?? 0);
  return isOver || job.spec.suspend === true || pods > 0 ? 0 : (job.spec.parallelism ?? 1);
}

function fromReplicaSet(replicaSet: ReplicaSet, facts: RefusalFacts): readonly RefusedCreation[] {
  return refusal(
    replicaSet,
    { missing: (replicaSet.spec.replicas ?? 1) - (replicaSet.status.replicas ?? 0), conditions: replicaSet.status.conditions },
    facts,
  );
}

/** The Deployment passes on what its ReplicaSet was told; that is all there is where ReplicaSets could not be read. */
function fromDeployment(deployment: Deployment, facts: RefusalFacts): readonly RefusedCreation[] {
  const failure = replicaFailure(deployment.status.conditions);
  const missing = Math.max(1, (deployment.spec.replicas ?? 1) - (deployment.status.replicas ?? 0));
  return failure === undefined ? [] : refusal(deployment, { missing, conditions: deployment.status.conditions }, facts);
}

function replicaFailure(conditions: readonly Condition[]): Condition | undefined {
  return conditions.find(
    (condition) => condition.type === 'ReplicaFailure' && condition.status === 'True' && condition.reason === 'FailedCreate',
  );
}

function refusal(
  owner: ApiObject,
  state: { readonly missing: number; readonly conditions: readonly Condition[] },
  facts: RefusalFacts,
): readonly RefusedCreation[] {
  if (state.missing <= 0 || owner.metadata.deletionTimestamp !== undefined) return [];
  const condition = replicaFailure(state.conditions);
  const told = recentEvents(facts.events, owner, facts.now).filter((event) => event.reason === 'FailedCreate');
  const citations = [
    ...(condition === undefined
      ? []
      : [
          citeObject(
            owner,
            `status.conditions[ReplicaFailure]: ${condition.reason}: ${condition.message?.slice(0, 300) ?? ''}`,
            condition.lastTransitionTime,
          ),
        ]),
    ...told.slice(0, 2).map(citeEvent),
  ];
  const [first, ...more] = citations;
  const workload = workloadOf(owner);
  return first === undefined
    ? []
    : [
        {
          workload,
          missing: state.missing,
          words: condition?.message ?? told[0]?.message ?? '',
          citations: [first, ...more],
          since: earliest([condition?.lastTransitionTime, ...told.map(firstSeenAt)]),
        },
      ];
}

function workloadOf(owner: ApiObject): Subject {
  const above = owner.metadata.ownerReferences.find((each) => each.controller === true);
  return above?.name === undefined || above.kind === undefined
    ? subject(owner.kind, owner.metadata.namespace, owner.metadata.name)
    : subject(above.kind, owner.metadata.namespace, above.name);
}
