import { citeObject } from '../../domain/citation.ts';
import { clockTime, spokenDuration } from '../../domain/instant.ts';
import type { Axis, Scope } from '../../domain/reasoned.ts';
import type { Replica } from '../../domain/replica.ts';
import { shellWord } from '../../domain/shell-word.ts';
import { spokenSubject } from '../../domain/subject.ts';
import type { Assessment } from '../assess.ts';
import { spokenTrouble } from '../spoken-trouble.ts';
import { doubtOf } from '../diagnose.ts';
import { commandToSee } from '../../domain/kubectl-commands.ts';
import { counted, facts, listed, type Thought } from './thought.ts';

/** Is this real, or is the monitoring flapping? */
export function thinkAboutAlert({ judgement, question }: Assessment): readonly Thought[] {
  if (question.alert === undefined) return [];
  const verdicts = {
    real: 'This is real.',
    transient: 'It happened, and it is over. Nothing to stop now; worth a look in daylight.',
    flapping: 'The alert flaps. I lower the noise, not the guard.',
    stale: 'The alert rests on data that no longer arrives. The monitoring is what broke; I judge the service by other means.',
    'cannot-tell': 'I cannot tell whether this is real. I go on as if it were.',
    none: 'Nobody was paged.',
  } as const;
  const citing = judgement.because.flatMap((each) => each.citing);
  const [first] = citing;
  return [
    {
      phase: 'verify',
      question: `"${question.alert.summary}": is this real, or is the monitoring flapping?`,
      command: first === undefined ? 'kubectl get pods -A' : commandToSee(first.of),
      saw: facts(judgement.because.map((each) => each.says)),
      conclusion: verdicts[judgement.verdict],
      citing,
    },
  ];
}

/** Who fails, who is healthy, since when, and what separates them? */
export function thinkAboutScope(assessment: Assessment): readonly Thought[] {
  return [whoFails(assessment), ...sinceWhen(assessment), ...whatSeparates(assessment)];
}

function whoFails(assessment: Assessment): Thought {
  const { target, failing, healthy, chosenBecause } = assessment.scope;
  const namespace = target?.namespace ?? assessment.question.namespace;
  return {
    phase: 'scope',
    question: 'Who is failing, and who is healthy?',
    command: `kubectl get pods ${namespace === undefined ? '-A' : `-n ${shellWord(namespace)}`} -o wide`,
    saw: target === undefined ? chosenBecause : facts(seenOf(assessment.scope)),
    conclusion: conclusionOfScope(assessment),
    citing: [...failing.slice(0, 6), ...healthy.slice(0, 4)].map((replica) =>
      citeObject(replica.pod, `${replica.health} on ${replica.pod.spec.nodeName ?? 'no node'}: ${troubleOrHealth(replica)}`),
    ),
  };
}

const replicasNamed = 4;

function seenOf({ target, failing, healthy, undecided, alsoFailing }: Scope): readonly string[] {
  const all = failing.length + healthy.length + undecided.length;
  const whose = target === undefined ? '' : `${spokenSubject(target)}: `;
  const others = listed([...new Set(alsoFailing.map((replica) => spokenSubject(replica.workload)))]);
  return [
    `${whose}${failing.length} of ${counted(all, 'replica')} fail${failing.length === 1 && all !== 1 ? 's' : ''}.`,
    ...failing.slice(0, replicasNamed).map((replica) => `${spokenReplica(replica)}.`),
    ...(failing.length > replicasNamed ? [`And ${failing.length - replicasNamed} more.`] : []),
    ...(undecided.length === 0 ? [] : [`${counted(undecided.length, 'replica')} starting, leaving, or restarted just now.`]),
    ...(alsoFailing.length === 0
      ? []
      : [`Elsewhere ${counted(alsoFailing.length, 'replica')} fail${alsoFailing.length === 1 ? 's' : ''}: ${others}.`]),
  ];
}

function conclusionOfScope(assessment: Assessment): string {
  const { failing, healthy, undecided, alsoFailing } = assessment.scope;
  if (assessment.facts.get('replicas') === undefined) return 'I could not look at the pods, so I say nothing about their health.';
  if (failing.length === 0 && alsoFailing.length > 0) return 'Not the replicas that the page names; others do fail.';
  if (failing.length === 0)
    return doubtOf(assessment) === undefined
      ? 'No replica fails.'
      : 'I saw nobody fail, and I did not see everybody. That is not the same as healthy.';
  if (healthy.length === 0) {
    const nobody = undecided.length === 0 ? 'All of them fail' : 'None of them is known to be well';
    return `${nobody}: comparing siblings tells nothing, so I compare with everything else that runs.`;
  }
  return 'Some fail and some do not. The difference between them is the fastest way in.';
}

function spokenReplica(replica: Replica): string {
  return `${replica.pod.metadata.name} ${troubleOrHealth(replica)} on ${replica.pod.spec.nodeName ?? 'no node'}`;
}

function troubleOrHealth(replica: Replica): string {
  const trouble = spokenTrouble(replica);
  return trouble === undefined ? replica.health : `(${trouble})`;
}

function sinceWhen({ onset, snapshot }: Assessment): readonly Thought[] {
  if (onset === undefined) return [];
  const citing = onset.because.flatMap((each) => each.citing);
  return [
    {
      phase: 'scope',
      question: 'Since when?',
      command: 'kubectl get events -A --sort-by=.lastTimestamp | tail -20',
      saw: facts(onset.because.map((each) => each.says)),
      conclusion: `It began at ${clockTime(onset.at)}, ${spokenDuration(snapshot.takenAt - onset.at)} before I looked. What changed before that matters; what changed after does not.`,
      citing,
    },
  ];
}

function whatSeparates({ scope, radius }: Assessment): readonly Thought[] {
  if (scope.failing.length === 0 || radius.axes.length === 0) return [];
  const { leading } = radius;
  const separating = radius.axes.filter((axis) => axis.verdict === 'separates' || axis.verdict === 'suggestive');
  // Axes that split exactly like the leading one say the same thing again; the conclusion names them.
  const telling = separating.filter((axis) => axis === leading || !axis.confoundedWith.includes(leading?.axis ?? ''));
  const single = radius.axes.filter((axis) => axis.verdict === 'cannot-tell' && axis.healthyWithout + axis.failingWithout > 0);
  const saw = facts([
    ...[...telling, ...single].map(spokenAxis),
    ...spokenEven(radius.axes.filter((axis) => !separating.includes(axis) && !single.includes(axis))),
  ]);
  const namespace = shellWord(scope.target?.namespace ?? 'default');
  return [
    {
      phase: 'scope',
      question:
        radius.population === 'target'
          ? 'What separates the failing replicas from the healthy ones?'
          : 'What do the failing replicas have in common that healthy ones elsewhere lack?',
      command: `kubectl get pods -n ${namespace} -o custom-columns=NAME:.metadata.name,NODE:.spec.nodeName,REVISION:.metadata.labels.pod-template-hash,RESTARTS:.status.containerStatuses[0].restartCount`,
      saw,
      conclusion:
        leading === undefined
          ? 'Nothing that the cluster knows separates them. I will not move or roll back anything on a guess.'
          : conclusionOfAxis(leading, radius.isSettledByProbes),
      citing: [...scope.failing.slice(0, 4), ...scope.healthy.slice(0, 4)]
        .map((replica) => citeObject(replica.pod, `${replica.health} on ${replica.pod.spec.nodeName ?? 'no node'}`))
        .concat(radius.because.flatMap((each) => each.citing)),
    },
  ];
}

/** Axes that do not separate in one sentence; the revision in its own, for it is what everybody suspects first. */
function spokenEven(axes: readonly Axis[]): readonly string[] {
  const revision = axes.find((axis) => axis.axis === 'revision' && axis.healthyWith > 0 && axis.failingWith > 0);
  const shared =
    revision === undefined
      ? []
      : [
          `Failing and healthy replicas run the same revision (${revision.failingWith} failing and ${revision.healthyWith} healthy on ${revision.value}).`,
        ];
  const names = axes.filter((axis) => axis !== revision).map((axis) => axis.axis);
  return [...shared, ...(names.length === 0 ? [] : [`No difference by ${listed(names, 10)}.`])];
}

function spokenAxis(axis: Axis): string {
  const counts = `${axis.axis} ${axis.value}: failing ${axis.failingWith} of ${axis.failingWith + axis.failingWithout}, healthy ${axis.healthyWith} of ${axis.healthyWith + axis.healthyWithout}`;
  return axis.verdict === 'cannot-tell'
    ? `${counts}, which cannot separate them.`
    : `${counts} (p = ${axis.pValue.toFixed(2)}, ${axis.adjustedPValue.toFixed(2)} after correction).`;
}

function conclusionOfAxis(axis: Axis, isSettledByProbes: boolean): string {
  const also = axis.confoundedWith.length === 0 ? '' : ` By these replicas alone it cannot be told from ${listed(axis.confoundedWith)}.`;
  if (isSettledByProbes)
    return `The ${axis.axis}: ${axis.value}. So few replicas prove little by count, but the probes settle it: the same connection works from elsewhere and fails from there.`;
  if (axis.verdict === 'separates') return `The ${axis.axis}: ${axis.value}.${also}`;
  return `Most likely the ${axis.axis}, ${axis.value}, but so few replicas prove little.${also} ${axis.wouldSettle ?? ''}`.trim();
}
