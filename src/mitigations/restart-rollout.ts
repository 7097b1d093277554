import { citeObject, claimFromAll } from '../domain/citation.ts';
import { seen } from '../domain/cluster-change.ts';
import { without } from '../domain/example.ts';
import { deliveryMarks, nightOfTheRevision } from '../domain/example-nights.ts';
import { type RollingReplica, rollingNight } from '../domain/example-rollouts.ts';
import type { Facts } from '../domain/facts.ts';
import type { Instant } from '../domain/instant.ts';
import type { Deployment, DaemonSet, StatefulSet } from '../domain/kubernetes/workload.ts';
import { defineMitigation } from '../domain/mitigation.ts';
import { notReverted } from '../domain/not-reverted.ts';
import type { Precondition } from '../domain/precondition.ts';
import type { Replica } from '../domain/replica.ts';
import { saveCommands } from '../domain/save-evidence.ts';
import type { Subject } from '../domain/subject.ts';

/** Three that hold something stale since yesterday, and one that was started again since. */
const stale: readonly RollingReplica[] = [
  { name: 'a', hash: 'new', is: 'stuck', startedMinutesAgo: 1500 },
  { name: 'b', hash: 'new', is: 'stuck', startedMinutesAgo: 1500 },
];
const younger: RollingReplica = { name: 'c', hash: 'new', is: 'well', startedMinutesAgo: 30 };

/** Replicas run without serving, and those that started later are well: what they hold is stale, and a start renews it. */
export const restartRollout = defineMitigation({
  id: 'restart-rollout',
  title: 'Restart the replicas one after the other',
  explanation:
    'Writes the time into the pod template, so that the workload replaces its replicas at the pace of its strategy: new ones read their configuration and open their connections anew. Never for what crashes at its start.',
  reversibility: 'heals-itself',
  needs: ['replicas'],
  helpedBy: ['deployments', 'statefulsets', 'daemonsets'],
  makes: ['restart-rollout'],
  plan({ scope, blastRadius }, facts) {
    const { target } = scope;
    if (target === undefined || blastRadius.leading !== undefined || !['Deployment', 'StatefulSet', 'DaemonSet'].includes(target.kind))
      return [];
    const stuck = scope.failing.filter(isStuck);
    const why = claimFromAll(
      `${stuck.length} replica${stuck.length === 1 ? ' runs' : 's run'} without serving and without ending, so nothing restarts them by itself.`,
      stuck.slice(0, 4).map(({ pod, troubles }) => citeObject(pod, `running; ${troubles[0]?.reason ?? 'not Ready'}`)),
    );
    // Where nobody is well, a start is a guess: a rollout that is broken for all looks the same.
    if (why === undefined || scope.healthy.length === 0) return [];
    const object = objectOf(target, facts);
    return [
      {
        id: 'restart-rollout',
        subject: target,
        why,
        preconditions: [
          restartHeals(stuck, scope.healthy),
          startsAgain(scope.failing),
          rollsGently(object),
          notReverted(object, restartField),
        ],
        saveFirst: stuck.slice(0, 2).flatMap(({ pod }) => saveCommands(pod)),
        changes: [{ kind: 'restart-rollout', workload: target, ...seen(object) }],
        undo: [],
        expectation: 'New replicas become Ready one after the other, and none of them falls back into the old state.',
        undoWhen: undefined,
      },
    ];
  },

  fits: [
    {
      story: 'Two run since yesterday and do not serve; the one that was started again is well.',
      given: rollingNight([...stale, younger]),
    },
  ],
  blocks: [
    {
      story: 'One that started later is stuck as well.',
      given: rollingNight([...stale, { name: 'd', hash: 'new', is: 'stuck', startedMinutesAgo: 20 }, younger]),
      by: 'restart-heals',
      holds: 'no',
    },
    {
      story: 'All started in the same minute.',
      given: rollingNight([...stale, { name: 'c', hash: 'new', is: 'well', startedMinutesAgo: 1500 }]),
      by: 'restart-heals',
      holds: 'cannot-tell',
    },
    {
      story: 'One of them was started again already, and crashes.',
      given: rollingNight([...stale, { name: 'd', hash: 'new', is: 'crashing', startedMinutesAgo: 1500 }, younger]),
      by: 'starts-again',
      holds: 'no',
    },
    {
      story: 'One of them was started again half an hour ago, after a crash, and is stuck again.',
      given: rollingNight([
        ...stale,
        { name: 'd', hash: 'new', is: 'stuck-again', startedMinutesAgo: 1500 },
        { ...younger, startedMinutesAgo: 5 },
      ]),
      by: 'starts-again',
      holds: 'cannot-tell',
    },
    {
      story: 'Its strategy takes all of them down first.',
      given: rollingNight([...stale, younger], { spec: { strategy: { type: 'Recreate' } } }),
      by: 'rolls-gently',
      holds: 'no',
    },
    {
      story: 'The Deployment could not be read.',
      given: without(rollingNight([...stale, younger]), 'deployments'),
      by: 'rolls-gently',
      holds: 'cannot-tell',
    },
    {
      story: 'An operator owns the Deployment.',
      given: rollingNight([...stale, younger], { metadata: deliveryMarks.operator }),
      by: 'not-reverted',
      holds: 'no',
    },
    {
      story: 'Who owns it could not be read.',
      given: without(rollingNight([...stale, younger]), 'deployments'),
      by: 'not-reverted',
      holds: 'cannot-tell',
    },
  ],
  doesNotFit: [
    { story: 'The failing ones crash at every start: a restart is what they do already.', given: nightOfTheRevision },
    { story: 'All are stuck, and none shows that a start would help.', given: rollingNight(stale) },
  ],
});

/** A delivery controller owns what its manifests name; nobody writes this time into one. */
const restartField = 'spec.template.metadata.annotations.kubectl.kubernetes.io/restartedAt';

function objectOf(
  { kind, namespace, name }: Subject,
  facts: Facts<never, 'deployments' | 'statefulsets' | 'daemonsets'>,
): Deployment | StatefulSet | DaemonSet | undefined {
  if (kind === 'Deployment') return facts.deployments?.named(namespace, name);
  return kind === 'StatefulSet' ? facts.statefulsets?.named(namespace, name) : facts.daemonsets?.named(namespace, name);
}

/** Runs, and will not be restarted by the kubelet. */
function isStuck({ troubles, pod }: Replica): boolean {
  return (
    troubles.length > 0 &&
    troubles.every((trouble) => trouble.kind === 'not-ready' || trouble.kind === 'erring') &&
    pod.status.containerStatuses.every((status) => status.state.running !== undefined)
  );
}

function startOf({ pod }: Replica): Instant | undefined {
  const starts = pod.status.containerStatuses.flatMap((status) => status.state.running?.startedAt ?? []);
  return starts.length === 0 ? pod.status.startTime : Math.max(...starts);
}

function restartHeals(stuck: readonly Replica[], healthy: readonly Replica[]): Precondition {
  const latestStuck = Math.max(...stuck.map((each) => startOf(each) ?? Infinity));
  const firstStuck = Math.min(...stuck.map((each) => startOf(each) ?? -Infinity));
  const isAlike = (replica: Replica): boolean => stuck.every((each) => each.revision === replica.revision);
  const siblings = healthy.filter(isAlike);
  const younger = siblings.filter((each) => (startOf(each) ?? -Infinity) > latestStuck);
  const overtaken = siblings.filter((each) => (startOf(each) ?? Infinity) < latestStuck && (startOf(each) ?? -Infinity) > firstStuck);
  const cited = claimFromAll(
    younger.length > 0
      ? 'Replicas of the same revision that started later are healthy.'
      : 'No healthy replica of the same revision started later.',
    [...(younger.length > 0 ? younger : siblings), ...stuck]
      .slice(0, 6)
      .map((replica) => citeObject(replica.pod, `${replica.health}; started`, startOf(replica))),
  );
  const isOlder = siblings.some((each) => (startOf(each) ?? Infinity) < firstStuck);
  const holds = overtaken.length > 0 || isOlder ? 'no' : younger.length > 0 ? 'yes' : 'cannot-tell';
  return {
    id: 'restart-heals',
    claim: 'what started later is healthy, and what fails is older',
    holds,
    because: cited === undefined ? [] : [cited],
  };
}

function startsAgain(failing: readonly Replica[]): Precondition {
  const crashing = failing.filter((replica) => replica.troubles.some(({ kind }) => kind === 'waiting' || kind === 'ended'));
  const restarted = failing.filter(({ pod }) =>
    pod.status.containerStatuses.some(({ lastState }) => lastState.terminated !== undefined && lastState.terminated.exitCode !== 0),
  );
  const cited = claimFromAll(
    `${crashing.length} of ${failing.length} failing replicas end again after a start.`,
    (crashing.length > 0 ? crashing : failing).slice(0, 4).map(({ pod, troubles }) => citeObject(pod, troubles[0]?.reason ?? 'failing')),
  );
  return {
    id: 'starts-again',
    claim: 'none of them crashes at its start',
    holds: crashing.length > 0 ? 'no' : restarted.length > 0 ? 'cannot-tell' : 'yes',
    because: cited === undefined ? [] : [cited],
  };
}

function rollsGently(object: Deployment | StatefulSet | DaemonSet | undefined): Precondition {
  const id = 'rolls-gently';
  const asked = 'its strategy replaces a few replicas at a time';
  if (object === undefined) return { id, claim: `${asked} (it could not be read)`, holds: 'cannot-tell', because: [] };
  const type = (object.kind === 'Deployment' ? object.spec.strategy.type : object.spec.updateStrategy.type) ?? 'RollingUpdate';
  const cited = claimFromAll(`Its strategy is ${type}.`, [citeObject(object, `strategy: ${type}`)]);
  return { id, claim: asked, holds: type === 'RollingUpdate' ? 'yes' : 'no', because: cited === undefined ? [] : [cited] };
}
