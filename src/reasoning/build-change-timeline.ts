import type { Question } from '../domain/alert.ts';
import { type Claim, citeObject, claim, claimFromAll } from '../domain/citation.ts';
import { millisecondsPerDay, millisecondsPerSecond, spokenDuration } from '../domain/instant.ts';
import type { BlindSpot, BlastRadius, Change, Onset, Scope } from '../domain/reasoned.ts';
import type { Replica } from '../domain/replica.ts';
import { nodeChanges } from './changes/node-changes.ts';
import { objectWrites } from './changes/object-writes.ts';
import { rollouts } from './changes/rollouts.ts';
import { agentRestarts, scalings, serviceBatches } from './changes/scaling-and-restarts.ts';
import { isWithin, type SeenChange, spokenDistance, type TimeWindow } from './changes/seen-change.ts';
import type { FactSource } from './fact-source.ts';

/** Clocks of different components differ by a little, and a first failure is noticed a little late. */
const orderSlackMilliseconds = 30 * millisecondsPerSecond;
/** Changes that prepare a failure (growth against a fixed limit) are looked for this far back. */
const preparingMilliseconds = 14 * millisecondsPerDay;

/** What changed? Every change in the window, each with its standing and why. */
export function buildChangeTimeline(
  question: Question,
  facts: FactSource,
  found: { readonly scope: Scope; readonly radius: BlastRadius; readonly onset: Onset | undefined },
): readonly Change[] {
  const reference = found.onset?.at ?? facts.now;
  // Thousands of old changes are not even put into words.
  const window: TimeWindow = { from: reference - question.lookBackMilliseconds, until: facts.now };
  const near = [
    ...rollouts(facts, window),
    ...objectWrites(facts, window),
    ...nodeChanges(facts, window),
    ...[...scalings(facts), ...agentRestarts(facts)].filter((change) => isWithin(window, change.at)),
  ];
  const preparing = serviceBatches(facts).filter((change) => change.at >= reference - preparingMilliseconds && change.at <= reference);
  return [...near.map((change) => judge(change, found)), ...preparing.map((change) => asPreparing(change))].toSorted(
    (left, right) => left.at - right.at || left.subject.name.localeCompare(right.subject.name) || left.summary.localeCompare(right.summary),
  );
}

function asPreparing(change: SeenChange): Change {
  return { ...changeOf(change), standing: 'unrelated', because: [change.seenIn] };
}

function changeOf(change: SeenChange): Omit<Change, 'standing' | 'because'> {
  return { at: change.at, kind: change.kind, subject: change.subject, summary: change.summary };
}

/** A change is a suspect only if order, scope and mechanism all fit. */
function judge(
  change: SeenChange,
  found: { readonly scope: Scope; readonly radius: BlastRadius; readonly onset: Onset | undefined },
): Change {
  const { scope, onset, radius } = found;
  const failing = scope.failing.filter((replica) => change.reaches(replica));
  const spared = scope.failing.filter((replica) => !change.reaches(replica));
  const healthy = scope.healthy.filter((replica) => change.reaches(replica));
  const say = (standing: Change['standing'], why: Claim | undefined): Change => ({
    ...changeOf(change),
    standing,
    because: why === undefined ? [change.seenIn] : [change.seenIn, why],
  });
  if (failing.length === 0) return say('unrelated', undefined);
  if (onset !== undefined && change.at > onset.at + orderSlackMilliseconds) {
    return say('unrelated', claim(`It came ${spokenDuration(change.at - onset.at)} after the first failure.`, ...onset.because[0].citing));
  }
  const before = onset === undefined ? 'before now' : spokenDistance(change.at, onset.at);
  if (healthy.length > 0 && change.kind !== 'node' && change.kind !== 'restart') {
    return say(
      'acquitted',
      cite(
        `It came ${before}, but ${countOf(healthy)} ${change.called} as well${leadingWords(radius)}.`,
        [...healthy.slice(0, 4), ...failing.slice(0, 2)],
        change,
      ),
    );
  }
  if (spared.length > 0) {
    return say(
      'acquitted',
      cite(
        `It came ${before}, but ${spared.length} of the ${scope.failing.length} failing replicas are not touched by it and fail alike.`,
        spared.slice(0, 4),
        change,
      ),
    );
  }
  const scopeFits = scope.healthy.length > 0 ? 'and none of the healthy ones' : 'and no replica is healthy to compare with';
  return say(
    'suspect',
    cite(
      `It came ${before} and touches ${failing.length === 1 ? 'the failing replica' : failing.length === 2 ? 'both failing replicas' : `all ${failing.length} failing replicas`} ${scopeFits}.`,
      failing.slice(0, 4),
      change,
    ),
  );
}

function countOf(healthy: readonly Replica[]): string {
  return healthy.length === 1 ? 'one healthy replica has' : `${healthy.length} healthy replicas have`;
}

function leadingWords(radius: BlastRadius): string {
  const { leading } = radius;
  return leading === undefined || leading.axis === 'revision'
    ? ''
    : `; what separates failing from healthy is the ${leading.axis}, ${leading.value}`;
}

function cite(says: string, replicas: readonly Replica[], change: SeenChange): Claim | undefined {
  return claimFromAll(
    says,
    replicas.map((replica) =>
      citeObject(
        replica.pod,
        `${replica.health} on ${replica.pod.spec.nodeName ?? 'no node'}${change.kind === 'rollout' ? `, pod-template-hash ${replica.revision}` : ''}`,
      ),
    ),
  );
}

/** Kinds of change that could not be seen, so that silence is not taken for calm. */
export function changeBlindSpots(facts: FactSource): readonly BlindSpot[] {
  const looks = [
    ['replicasets', 'rollouts of Deployments', 'kubectl get replicasets -A'],
    ['controllerrevisions', 'rollouts of StatefulSets and DaemonSets', 'kubectl get controllerrevisions -A'],
    ['configmaps', 'changes of ConfigMaps', 'kubectl get configmaps -A --show-managed-fields -o yaml'],
    ['secrets', 'changes of Secrets', 'allow Stanch to list Secrets (it asks for their metadata only)'],
    ['nodes', 'changes of nodes', 'kubectl get nodes'],
    ['events', 'recent events', 'kubectl get events -A'],
  ] as const;
  return looks
    .filter(([kind]) => facts.get(kind) === undefined)
    .map(([kind, what, toSeeIt]) => ({ what, why: `${kind} could not be read`, toSeeIt }));
}
