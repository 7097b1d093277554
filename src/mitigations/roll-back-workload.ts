import { type Claim, citeObject, claimFromAll } from '../domain/citation.ts';
import { defineMitigation, type MitigationPlan, type Precondition } from '../domain/mitigation.ts';
import type { Facts } from '../domain/facts.ts';
import type { ApiObject } from '../domain/kubernetes/resources.ts';
import type { Replica } from '../domain/replica.ts';
import { saveCommands } from '../domain/save-evidence.ts';
import type { Subject } from '../domain/subject.ts';

/** Annotations and labels that controllers leave on what they keep in step with a repository: they would put the new revision back. */
const deliveryMarks = [
  'argocd.argoproj.io/tracking-id',
  'argocd.argoproj.io/instance',
  'kustomize.toolkit.fluxcd.io/name',
  'helm.toolkit.fluxcd.io/name',
  'app.kubernetes.io/managed-by',
];

/** The revision is what separates failing from healthy, or every replica fails since the rollout: go back to the one before. */
export const rollBackWorkload = defineMitigation({
  id: 'roll-back-workload',
  title: 'Roll the workload back to its previous revision',
  explanation: 'Puts the previous pod template back. Replicas of the bad revision are replaced at the pace of the rollout strategy.',
  reversibility: 'undoable',
  needs: ['replicas'],
  helpedBy: ['deployments', 'statefulsets', 'daemonsets', 'replicasets', 'controllerrevisions'],
  plan(situation, facts) {
    const { scope, blastRadius, changes } = situation;
    const { target } = scope;
    if (target === undefined || !['Deployment', 'StatefulSet', 'DaemonSet'].includes(target.kind)) return [];
    const isLed = blastRadius.leading?.axis === 'revision' || blastRadius.leading?.confoundedWith.includes('revision') === true;
    const suspect = changes.findLast(
      (change) =>
        change.kind === 'rollout' &&
        change.standing === 'suspect' &&
        change.subject.name === target.name &&
        change.subject.namespace === target.namespace,
    );
    // An axis that points elsewhere acquits the revision, whatever the clock says.
    if (suspect === undefined || (!isLed && blastRadius.leading !== undefined)) return [];
    const history = revisionsOf(target, facts);
    const current = history.at(-1);
    const previous = history.at(-2);
    const object =
      facts.deployments?.named(target.namespace, target.name) ??
      facts.statefulsets?.named(target.namespace, target.name) ??
      facts.daemonsets?.named(target.namespace, target.name);
    const why = claimFromAll(
      isLed
        ? `Every failing replica runs ${current?.called ?? 'the newest revision'} and no healthy one does.`
        : `All replicas fail since ${current?.called ?? 'the rollout'}, and nothing else separates them.`,
      suspect.because.flatMap((each) => each.citing),
    );
    if (why === undefined || current === undefined) return [];
    const plan: MitigationPlan = {
      id: 'roll-back-workload',
      subject: target,
      why,
      preconditions: [previousExists(previous), healthyDoNotShare(scope.healthy, current), notKeptInStep(object)],
      saveFirst: scope.failing.slice(0, 2).flatMap(({ pod }) => saveCommands(pod)),
      changes: [{ kind: 'roll-back', workload: target, toRevision: previous?.number ?? 0 }],
      undo: [{ kind: 'roll-back', workload: target, toRevision: current.number }],
      expectation: 'New replicas of the previous revision become Ready, and the error rate falls below the alert’s threshold.',
      undoWhen: undefined,
    };
    return [plan];
  },
});

interface Revision {
  readonly number: number;
  readonly hash: string | undefined;
  readonly called: string;
  readonly object: ApiObject;
}

type History = Pick<Facts<never, 'replicasets' | 'controllerrevisions'>, 'replicasets' | 'controllerrevisions'>;

function revisionsOf(target: Subject, facts: History): readonly Revision[] {
  const { replicasets, controllerrevisions } = facts;
  const isOwned = (each: ApiObject): boolean =>
    each.metadata.namespace === target.namespace &&
    each.metadata.ownerReferences.some((owner) => owner.kind === target.kind && owner.name === target.name);
  const fromSets = (replicasets?.all ?? [])
    .filter(isOwned)
    .map((each) =>
      revision(Number(each.metadata.annotations['deployment.kubernetes.io/revision']), each.metadata.labels['pod-template-hash'], each),
    );
  const fromRevisions = (controllerrevisions?.all ?? [])
    .filter(isOwned)
    .map((each) => revision(each.revision ?? Number.NaN, each.metadata.labels['controller-revision-hash'] ?? each.metadata.name, each));
  return [...fromSets, ...fromRevisions].filter((each) => !Number.isNaN(each.number)).toSorted((left, right) => left.number - right.number);
}

function revision(number: number, hash: string | undefined, object: ApiObject): Revision {
  return { number, hash, called: `revision ${number}`, object };
}

function previousExists(previous: Revision | undefined): Precondition {
  const because: readonly Claim[] =
    previous === undefined
      ? []
      : [{ says: `${previous.called} is still in the history.`, citing: [citeObject(previous.object, previous.called)] }];
  return { claim: 'a previous revision is in the history', holds: previous === undefined ? 'no' : 'yes', because };
}

function healthyDoNotShare(healthy: readonly Replica[], current: Revision): Precondition {
  const sharing = healthy.filter((replica) => current.hash !== undefined && replica.revision === current.hash);
  const cited = claimFromAll(
    `${sharing.length} healthy replicas run ${current.called}.`,
    sharing.slice(0, 3).map((replica) => citeObject(replica.pod, `healthy, revision hash ${replica.revision}`)),
  );
  return {
    claim: `no healthy replica runs ${current.called}`,
    holds: sharing.length === 0 ? 'yes' : 'no',
    because: cited === undefined ? [] : [cited],
  };
}

function notKeptInStep(object: ApiObject | undefined): Precondition {
  const says = 'no delivery controller would put the new revision back at once';
  if (object === undefined) return { claim: `${says} (the workload could not be read)`, holds: 'cannot-tell', because: [] };
  const marks = deliveryMarks.filter((mark) => {
    const value = object.metadata.annotations[mark] ?? object.metadata.labels[mark];
    return value !== undefined && (mark !== 'app.kubernetes.io/managed-by' || /argo|flux/i.test(value));
  });
  const because: readonly Claim[] = [
    {
      says: marks.length === 0 ? 'It carries no mark of one.' : `It carries ${marks.join(', ')}.`,
      citing: [citeObject(object, marks[0] ?? 'no mark of Argo CD or Flux')],
    },
  ];
  return { claim: says, holds: marks.length === 0 ? 'yes' : 'no', because };
}
