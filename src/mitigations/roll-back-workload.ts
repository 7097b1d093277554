import { citeObject, claim, claimFromAll } from '../domain/citation.ts';
import { type ChangeOf, seen } from '../domain/cluster-change.ts';
import { budgetsAllow } from '../domain/disruption.ts';
import { type ExampleEvidence, type RawObject, without, withMetadata } from '../domain/example.ts';
import { examplePod } from '../domain/example-objects.ts';
import { type RollingReplica, rollingNight } from '../domain/example-rollouts.ts';
import {
  budgetForCart,
  cartDeployment,
  deliveryMarks,
  nightOfTheNode,
  nightOfTheRevision,
  nightOfTheSet,
} from '../domain/example-nights.ts';
import type { Facts } from '../domain/facts.ts';
import { defineMitigation, type MitigationPlan } from '../domain/mitigation.ts';
import { notReverted } from '../domain/not-reverted.ts';
import type { Precondition } from '../domain/precondition.ts';
import type { Replica } from '../domain/replica.ts';
import { saveCommands } from '../domain/save-evidence.ts';
import type { Subject } from '../domain/subject.ts';
import { revisionsOf, type WorkloadRevision } from '../domain/workload-revisions.ts';

const budgetForData: RawObject = {
  ...withMetadata(budgetForCart({ disruptionsAllowed: 0, currentHealthy: 3, desiredHealthy: 4 }), { name: 'data' }),
  spec: { selector: { matchLabels: { app: 'data' } } },
};

/** The revision is what separates failing from healthy, or every replica fails since the rollout: go back to the one before. */
export const rollBackWorkload = defineMitigation({
  id: 'roll-back-workload',
  title: 'Roll the workload back to its previous revision',
  explanation:
    'Puts the previous pod template back. Replicas of the bad revision are replaced at the pace of the rollout strategy; a StatefulSet waits for a broken replica for ever, so its broken ones are evicted as well.',
  reversibility: 'undoable',
  needs: ['replicas'],
  helpedBy: ['deployments', 'statefulsets', 'daemonsets', 'replicasets', 'controllerrevisions', 'poddisruptionbudgets'],
  makes: ['evict', 'roll-back'],
  plan(situation, facts) {
    const { scope, blastRadius, changes } = situation;
    const { target } = scope;
    if (target === undefined || !['Deployment', 'StatefulSet', 'DaemonSet'].includes(target.kind)) return [];
    const { leading } = blastRadius;
    const isLed = leading?.axis === 'revision' || leading?.confoundedWith.includes('revision') === true;
    const suspect = changes.findLast(
      (change) =>
        change.kind === 'rollout' &&
        change.standing === 'suspect' &&
        change.subject.name === target.name &&
        change.subject.namespace === target.namespace,
    );
    // An axis that points elsewhere acquits the revision, whatever the clock says.
    if (!isLed && (suspect === undefined || leading !== undefined)) return [];
    const history = revisionsOf(target, facts);
    const current = history.at(-1);
    // Where replicas of an older revision fail, going back is the wrong way.
    if (current !== undefined && isLed && !scope.failing.some((replica) => replica.revision === current.hash)) return [];
    const previous = history.findLast((each) => each !== current && isRunBy(each, scope.healthy)) ?? history.at(-2);
    const why = claimFromAll(
      isLed
        ? `Every failing replica runs ${called(current)} and no healthy one does.`
        : `All replicas fail since ${called(current)}, and nothing else separates them.`,
      [
        ...(suspect?.because ?? []).flatMap((each) => each.citing),
        ...scope.failing.slice(0, 4).map(({ pod, revision }) => citeObject(pod, `failing; revision ${revision ?? 'not told'}`)),
      ],
    );
    if (why === undefined) return [];
    const object = objectOf(target, facts);
    const broken = target.kind === 'StatefulSet' ? scope.failing.filter((replica) => replica.revision === current?.hash) : [];
    const pods = broken.map((replica) => replica.pod);
    const plan: MitigationPlan<'evict' | 'roll-back'> = {
      id: 'roll-back-workload',
      subject: target,
      why,
      preconditions: [
        inHistory(previous, target, facts),
        healthyDoNotShare(scope, current),
        notReverted(object, 'spec.template'),
        ...(pods.length === 0 ? [] : [budgetsAllow(pods, facts.poddisruptionbudgets)]),
      ],
      saveFirst: scope.failing.slice(0, 2).flatMap(({ pod }) => saveCommands(pod)),
      changes: [{ kind: 'roll-back', workload: target, toRevision: previous?.number ?? 0, ...seen(object) }, ...pods.map(eviction)],
      undo: current === undefined ? [] : [{ kind: 'roll-back', workload: target, toRevision: current.number, ...seen(object) }],
      expectation: 'New replicas of the previous revision become Ready, and the error rate falls below the alert’s threshold.',
      undoWhen: undefined,
    };
    return [plan];
  },

  fits: [
    { story: 'Both replicas of the new revision fail, both of the old one are well.', given: nightOfTheRevision },
    {
      story: 'Helm installed it: nothing is undone before its next release.',
      given: { ...nightOfTheRevision, deployments: [cartDeployment(deliveryMarks.helm)] },
    },
    { story: 'A StatefulSet whose newest replicas crash.', given: nightOfTheSet },
  ],
  blocks: [
    {
      story: 'No revision before is left.',
      given: { ...nightOfTheRevision, replicasets: (nightOfTheRevision.replicasets ?? []).slice(1) },
      by: 'revision-in-history',
      holds: 'no',
    },
    {
      story: 'The history could not be read.',
      given: without(nightOfTheSet, 'controllerrevisions'),
      by: 'revision-in-history',
      holds: 'cannot-tell',
    },
    {
      story: 'Argo CD keeps it as its repository says.',
      given: { ...nightOfTheRevision, deployments: [cartDeployment(deliveryMarks.argo)] },
      by: 'not-reverted',
      holds: 'no',
    },
    {
      story: 'An operator owns it.',
      given: { ...nightOfTheRevision, deployments: [cartDeployment(deliveryMarks.operator)] },
      by: 'not-reverted',
      holds: 'no',
    },
    {
      story: 'One replica of the new revision is well.',
      given: rollingNight([...many('new', 'crashing'), { name: 'x', hash: 'new', is: 'well' }, ...many('old', 'well')]),
      by: 'revision-not-shared',
      holds: 'no',
    },
    {
      story: 'Of which revision a healthy replica is, it does not say.',
      given: withUnlabelled(rollingNight([...many('new', 'crashing'), ...many('old', 'well')])),
      by: 'revision-not-shared',
      holds: 'cannot-tell',
    },
    {
      story: 'A budget lets none of the broken replicas of the StatefulSet go.',
      given: { ...nightOfTheSet, poddisruptionbudgets: [budgetForData] },
      by: 'budgets-allow',
      holds: 'no',
    },
    {
      story: 'Budgets could not be read.',
      given: without(nightOfTheSet, 'poddisruptionbudgets'),
      by: 'budgets-allow',
      holds: 'cannot-tell',
    },
    {
      story: 'The Deployment could not be read.',
      given: without(nightOfTheRevision, 'deployments'),
      by: 'not-reverted',
      holds: 'cannot-tell',
    },
  ],
  doesNotFit: [{ story: 'The node separates: healthy replicas run the same revision.', given: nightOfTheNode }],
});

function many(hash: 'new' | 'old', is: 'crashing' | 'well'): readonly RollingReplica[] {
  return ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'].map((name) => ({ name, hash, is }));
}

function withUnlabelled(given: ExampleEvidence): ExampleEvidence {
  const odd = examplePod({ name: 'cart-old-z', labels: { app: 'cart' }, owner: { kind: 'ReplicaSet', name: 'cart-old' } });
  return { ...given, pods: [...(given.pods ?? []), odd] };
}

type History = Facts<never, 'deployments' | 'statefulsets' | 'daemonsets' | 'replicasets' | 'controllerrevisions'>;

function objectOf({ kind, namespace, name }: Subject, facts: History): Parameters<typeof notReverted>[0] {
  if (kind === 'Deployment') return facts.deployments?.named(namespace, name);
  return kind === 'StatefulSet' ? facts.statefulsets?.named(namespace, name) : facts.daemonsets?.named(namespace, name);
}

function eviction(pod: Replica['pod']): ChangeOf<'evict'> {
  return { kind: 'evict', namespace: pod.metadata.namespace ?? 'default', pod: pod.metadata.name, ...seen(pod) };
}

function isRunBy({ hash }: WorkloadRevision, replicas: readonly Replica[]): boolean {
  return replicas.some((replica) => replica.revision === hash);
}

function called(revision: WorkloadRevision | undefined): string {
  return revision === undefined ? 'the newest revision' : `revision ${revision.number}`;
}

function inHistory(previous: WorkloadRevision | undefined, target: Subject, facts: History): Precondition {
  const id = 'revision-in-history';
  const asked = 'a previous revision is in the history';
  if (previous !== undefined) {
    const says = `Revision ${previous.number} is still in the history.`;
    return { id, claim: asked, holds: 'yes', because: [claim(says, citeObject(previous.object, `revision ${previous.number}`))] };
  }
  const source = target.kind === 'Deployment' ? facts.replicasets : facts.controllerrevisions;
  const isRead = source?.isComplete(target.namespace) === true;
  return { id, claim: isRead ? asked : `${asked} (it could not be read)`, holds: isRead ? 'no' : 'cannot-tell', because: [] };
}

function healthyDoNotShare({ healthy }: { readonly healthy: readonly Replica[] }, current: WorkloadRevision | undefined): Precondition {
  const sharing = healthy.filter((replica) => current !== undefined && replica.revision === current.hash);
  const isUnknown = healthy.length > 0 && (current === undefined || healthy.some((replica) => replica.revision === undefined));
  const shown = sharing.length > 0 ? sharing : healthy;
  const cited = claimFromAll(
    `${sharing.length} of ${healthy.length} healthy replicas run ${called(current)}.`,
    shown.slice(0, 3).map((replica) => citeObject(replica.pod, `healthy, revision hash ${replica.revision ?? 'not told'}`)),
  );
  return {
    id: 'revision-not-shared',
    claim: `no healthy replica runs ${called(current)}`,
    holds: sharing.length > 0 ? 'no' : isUnknown ? 'cannot-tell' : 'yes',
    because: cited === undefined ? [] : [cited],
  };
}
