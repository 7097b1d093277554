import { groupBy } from '../domain/collection.ts';
import type { AnyFailureMode } from '../domain/failure-mode.ts';
import type { BlindSpot, Hypothesis } from '../domain/reasoned.ts';
import type { EvidenceKind, Snapshot } from '../domain/evidence.ts';
import type { Question } from '../domain/alert.ts';
import { millisecondsPerHour } from '../domain/instant.ts';
import { subject, subjectKey } from '../domain/subject.ts';
import type { Assessment } from './assess.ts';
import type { FactSource } from './fact-source.ts';
import { changeBlindSpots } from './build-change-timeline.ts';
import { howToSee } from './how-to-see-it.ts';
import { lackingReplicas } from './lacking-replicas.ts';
import { rankHypotheses } from './rank-hypotheses.ts';
import { bearsOn, isAboutAll, replicasInReach, whyNotSeen } from './reach.ts';
import { recogniseFailureModes, type Recognition } from './recognise-failure-modes.ts';
import { unreadComplaint } from './unread-complaints.ts';
import { answerThreshold } from './weights.ts';

export interface Diagnosis {
  readonly hypotheses: readonly Hypothesis[];
  readonly outcome: 'explained' | 'healthy' | 'cannot-tell';
  readonly blindSpots: readonly BlindSpot[];
  readonly recognitions: readonly Recognition[];
}

export function diagnose(assessment: Assessment, catalogue: readonly AnyFailureMode[]): Diagnosis {
  const recognitions = recogniseFailureModes(catalogue, assessment.facts);
  const hypotheses = rankHypotheses(recognitions, assessment);
  return { hypotheses, outcome: outcomeOf(assessment, hypotheses), blindSpots: blindSpotsOf(assessment, recognitions), recognitions };
}

/** Healthy must be seen, not assumed: whoever was asked about was looked at, none fails, nothing was recognised, and the page is not real. */
function outcomeOf(assessment: Assessment, hypotheses: readonly Hypothesis[]): Diagnosis['outcome'] {
  const { judgement, scope, facts, question } = assessment;
  const replicas = facts.get('replicas');
  if (replicas === undefined) return 'cannot-tell';
  const near = hypotheses.filter((each) => scope.failing.length > 0 || bearsOn(question, each.finding, facts));
  const answers = near.filter((each) => isAnswer(each) && !isOldElsewhere(each, assessment));
  // A page that has passed by itself leaves nothing to do, although what happened is known.
  if (answers.some((each) => judgement.verdict !== 'transient' || !isAboutThePage(each))) return 'explained';
  if (doubtOf(assessment) !== undefined) return 'cannot-tell';
  if (judgement.verdict === 'transient' && scope.failing.length === 0) return 'healthy';
  const isAnythingFailing = replicasInReach(question, replicas).some((each) => each.health === 'failing');
  const isPageOpen = judgement.verdict === 'real' || (judgement.verdict === 'cannot-tell' && question.alert !== undefined);
  return isAnythingFailing || isPageOpen || isTroubleLikely(near) ? 'cannot-tell' : 'healthy';
}

/**
 * Two rivals that are each only suspected can make it likely that one of them is true: then nobody is called healthy,
 * although nobody can say which it is.
 */
function isTroubleLikely(hypotheses: readonly Hypothesis[]): boolean {
  const suspected = hypotheses.filter((each) => each.isRoot && !isAboutThePage(each) && each.finding.weight !== 'weak');
  return [...groupBy(suspected, (each) => subjectKey(each.subject)).values()].some(
    (rivals) => 1 - rivals.reduce((none, each) => none * (1 - each.confidence), 1) >= answerThreshold,
  );
}

/** A verdict about the page says nothing about the health of whom it names. */
export function isAboutThePage({ finding }: Hypothesis): boolean {
  return finding.affects.some((each) => each.kind === 'Alert');
}

export function isAnswer(each: Hypothesis): boolean {
  return each.isRoot && each.confidence >= answerThreshold;
}

/** So long before the page, what harms nobody has been lived with. */
const oldMilliseconds = 24 * millisecondsPerHour;

/** True, and no answer to the page: it stands in another namespace than whom the page names, as it stood before, and nobody fails of it. */
export function isOldElsewhere({ finding }: Hypothesis, { question, scope, facts }: Assessment): boolean {
  const place = scope.target?.namespace;
  const startedAt = question.alert?.startedAt;
  // Where the page says no namespace, whom it is about is only guessed.
  if (place === undefined || place !== question.alert?.labels['namespace']) return false;
  if (startedAt === undefined || finding.subject.namespace === undefined) return false;
  const touched = [finding.subject, ...finding.affects];
  if (touched.some((each) => each.namespace === place || each.namespace === undefined)) return false;
  const keys = new Set(touched.map(subjectKey));
  const isSuffered = (facts.get('replicas')?.failing ?? []).some(
    ({ pod, workload }) =>
      keys.has(subjectKey(workload)) || keys.has(subjectKey(subject('Pod', pod.metadata.namespace, pod.metadata.name))),
  );
  return !isSuffered && (finding.since === undefined || finding.since < startedAt - oldMilliseconds);
}

/** Why nobody can be called healthy although nobody was seen failing. Undefined: everybody who was asked about was seen. */
export function doubtOf({ question, facts, snapshot }: Assessment): string | undefined {
  const pods = snapshot.readings.pods;
  return (
    whyNotSeen(question, facts, pods?.state === 'read' ? pods.gaps : []) ??
    lackingReplicas(question, facts) ??
    unreadComplaint(question, facts, snapshot) ??
    unseenEntrance(question, facts, snapshot)
  );
}

/** Kinds through which traffic enters, that no pod shows to be broken. */
const entrances: readonly EvidenceKind[] = ['gateways', 'httproutes'];

/**
 * Undefined where the API of Gateways is not installed: who may not list them is refused as well. That routes or the API
 * itself were seen shows that there is something to look at.
 */
function unseenEntrance(question: Question, facts: FactSource, { readings }: Snapshot): string | undefined {
  if (!isAboutAll(question)) return undefined;
  const hasRoutes = (facts.get('httproutes')?.all.length ?? 0) > 0;
  const isInstalled = (facts.get('apiservices')?.all ?? []).some(({ metadata }) => metadata.name.endsWith('.gateway.networking.k8s.io'));
  const unseen = entrances.find((kind) => {
    const reading = readings[kind];
    return reading?.state === 'unreadable' && (hasRoutes || (isInstalled && refusals.has(reading.because)));
  });
  return unseen === undefined
    ? undefined
    : `The Gateway API is in use and ${unseen} could not be read, so what enters there may be turned away.`;
}

const refusals: ReadonlySet<string> = new Set(['forbidden', 'unreachable', 'timed-out', 'malformed']);

/** What could not be seen, and why. Silence would look like "nothing there". */
function blindSpotsOf(assessment: Assessment, recognitions: readonly Recognition[]): readonly BlindSpot[] {
  const { readings } = assessment.snapshot;
  const unread = (Object.keys(readings) as EvidenceKind[]).toSorted().flatMap((kind): readonly BlindSpot[] => {
    const reading = readings[kind];
    if (reading === undefined) return [];
    if (reading.state === 'unreadable')
      return [
        {
          what: kind,
          why: `${reading.because}: ${reading.detail}${needing(kind, recognitions)}`,
          toSeeIt: howToSee(kind, reading.because, assessment),
        },
      ];
    return reading.gaps.map((gap) => ({
      what: gap.what,
      why: `${gap.because}: ${gap.detail}`,
      toSeeIt: howToSee(kind, gap.because, assessment),
    }));
  });
  const changes = changeBlindSpots(assessment.facts).filter((each) => !unread.some((other) => each.why.startsWith(other.what)));
  return onceEach([...unread, ...changes]);
}

/** A file that nobody can read is missing from several kinds, and is told once. */
function onceEach(spots: readonly BlindSpot[]): readonly BlindSpot[] {
  const toldOf = (each: BlindSpot): string => `${each.what}\n${each.why}`;
  return [...groupBy(spots, toldOf).values()].flatMap((alike) => alike.slice(0, 1));
}

function needing(kind: EvidenceKind, recognitions: readonly Recognition[]): string {
  const blind = recognitions.filter((each) => each.verdict === 'cannot-tell' && each.missing.includes(kind)).map((each) => each.mode.id);
  return blind.length === 0
    ? ''
    : ` (so Stanch cannot tell about ${blind.slice(0, 4).join(', ')}${blind.length > 4 ? ` and ${blind.length - 4} more` : ''})`;
}
