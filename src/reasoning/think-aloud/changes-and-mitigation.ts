import { clockTime, spokenInstant } from '../../domain/instant.ts';
import { isBlocked, type MitigationPlan } from '../../domain/mitigation.ts';
import type { Change } from '../../domain/reasoned.ts';
import { shellWord } from '../../domain/shell-word.ts';
import { spokenSubject } from '../../domain/subject.ts';
import type { Assessment } from '../assess.ts';
import { spokenDistance } from '../changes/seen-change.ts';
import { commandToChange } from '../../domain/kubectl-commands.ts';
import { counted, facts, listed, type Thought } from './thought.ts';

/** Deploy, config, node event, scaling in the last minutes? And what of it can be the cause? */
export function thinkAboutChanges(assessment: Assessment): readonly Thought[] {
  const { changes, onset, scope, snapshot } = assessment;
  const telling = changes.filter((change) => change.standing !== 'unrelated');
  const overview: Thought = {
    phase: 'what-changed',
    question: onset === undefined ? 'What changed lately?' : `What changed before ${clockTime(onset.at)}?`,
    command:
      scope.target === undefined
        ? 'kubectl get events -A --sort-by=.lastTimestamp'
        : historyCommand(scope.target.kind, scope.target.namespace, scope.target.name),
    saw:
      changes.length === 0
        ? 'No change that the API shows.'
        : facts([
            ...older(changes.length - changesNamed),
            ...changes
              .slice(-changesNamed)
              .map((change) => `${spokenInstant(change.at, snapshot.takenAt)} ${spokenSubject(change.subject)}: ${change.summary}`),
          ]),
    conclusion:
      telling.length === 0 ? whyNone(assessment) : `${counted(telling.length, 'change')} could have to do with it; each on its own merits.`,
    citing: changes.slice(-changesNamed).flatMap((change) => change.because[0].citing.slice(0, 1)),
  };
  return [overview, ...telling.slice(-4).map((change) => thinkAboutOne(change, assessment))];
}

function whyNone({ changes, scope }: Assessment): string {
  if (changes.length === 0) return 'I know of no change that could be it.';
  if (scope.failing.length > 0) return 'None of them touches the failing replicas before they failed.';
  return scope.alsoFailing.length === 0
    ? 'I know of no failing replica that one of them could have touched.'
    : 'None of the replicas that the page names fails, so no change can be judged by them.';
}

/** Newest last; what is near the onset tells most. */
const changesNamed = 6;

function older(count: number): readonly string[] {
  return count <= 0 ? [] : [`${counted(count, 'older change')}.`];
}

function thinkAboutOne(change: Change, { onset, snapshot }: Assessment): Thought {
  const isAcquitted = change.standing === 'acquitted';
  const distance = onset === undefined ? '' : `, ${spokenDistance(change.at, onset.at)}`;
  return {
    phase: 'what-changed',
    question: `${change.summary}, at ${spokenInstant(change.at, snapshot.takenAt)}${distance}: is that it?`,
    command: historyCommand(change.subject.kind, change.subject.namespace, change.subject.name),
    saw: facts((change.because.length > 1 ? change.because.slice(1) : change.because).map((each) => each.says)),
    conclusion: isAcquitted
      ? 'Acquitted: the timing fits, the blast radius does not. Rolling it back would change nothing for those who fail.'
      : 'Suspect: order, scope and mechanism fit.',
    citing: change.because.flatMap((each) => each.citing),
  };
}

function historyCommand(kind: string, namespace: string | undefined, name: string): string {
  const where = namespace === undefined ? '' : ` -n ${shellWord(namespace)}`;
  const lower = shellWord(kind.toLowerCase());
  if (['Deployment', 'StatefulSet', 'DaemonSet'].includes(kind)) return `kubectl rollout history${where} ${lower}/${shellWord(name)}`;
  return kind === 'Node'
    ? `kubectl describe node ${shellWord(name)}`
    : `kubectl get${where} ${lower} ${shellWord(name)} -o yaml --show-managed-fields`;
}

/** Stop the bleeding before understanding it. */
export function thinkAboutMitigation(plans: readonly MitigationPlan[], { scope, radius, judgement }: Assessment): readonly Thought[] {
  const [best] = plans;
  if (best === undefined) {
    if (scope.failing.length === 0) return [];
    const reason =
      radius.leading === undefined
        ? 'No axis separates failing from healthy, so nothing tells what to move, roll back or scale.'
        : `The ${radius.leading.axis} leads, and there is no safe plan for that yet.`;
    return [
      {
        phase: 'mitigate',
        question: 'What stops the bleeding now?',
        command: 'kubectl get pods -A -o wide',
        saw: reason,
        conclusion: judgement.verdict === 'transient' ? 'Nothing needs stopping.' : 'I touch nothing and go straight to the cause.',
        citing: radius.because.flatMap((each) => each.citing),
      },
    ];
  }
  const open = best.preconditions.filter((each) => each.holds !== 'yes').map((each) => each.claim);
  return [
    {
      phase: 'mitigate',
      question: 'What stops the bleeding now, before I know why?',
      command: commandToChange(best.changes[0]),
      saw: best.why.says,
      conclusion: isBlocked(best)
        ? `${spokenSubject(best.subject)} is where to act, but I hold back until this is settled: ${listed(open)}.`
        : `Act on ${spokenSubject(best.subject)}, evidence saved first, undo ready. Users first; the cause can wait two minutes.`,
      citing: best.why.citing,
    },
  ];
}
