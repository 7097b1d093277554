import type { BlastRadius, Hypothesis, Scope } from '../domain/reasoned.ts';
import { subject, subjectKey } from '../domain/subject.ts';
import { axesOfWorkload } from './axes.ts';
import { type Candidate, candidate, explanations } from './explains.ts';
import type { Recognition } from './recognise-failure-modes.ts';
import { traceCascade } from './trace-cascade.ts';
import { answerThreshold, loserShare, probabilityOf, rivalShare, symptomCeiling, wrongAxisShare } from './weights.ts';

/** Orders everything that was recognised: causes of the page first, independent causes next, consequences after them. */
export function rankHypotheses(
  recognitions: readonly Recognition[],
  found: { readonly scope: Scope; readonly radius: BlastRadius },
): readonly Hypothesis[] {
  const candidates = recognitions.flatMap((each) =>
    each.verdict === 'present' ? each.findings.map((finding) => candidate(each.mode, finding)) : [],
  );
  const explainedBy = explanations(candidates);
  const confidences = candidates.map((_each, index) => confidenceOf(index, { candidates, explainedBy, ...found }));
  const drafts = candidates.map((each, index) => ({
    index,
    each,
    confidence: confidences[index] ?? 0,
    isRoot: (explainedBy[index] ?? []).length === 0,
    relevance: relevance(reach(index, candidates, explainedBy), found.scope),
  }));
  const hasAnswer = drafts.some(({ each, isRoot }) => isRoot && each.finding.weight !== 'weak');
  const isSure = drafts.some((draft) => draft.isRoot && draft.confidence >= answerThreshold);
  const isCause = new Set(explainedBy.flat());
  const ordered = drafts
    .filter((draft) => !hasAnswer || isWorthSaying(draft))
    .filter((draft) => !isSure || draft.confidence >= hopeless || !draft.isRoot || isCause.has(draft.index))
    .toSorted(
      (left, right) =>
        Number(right.isRoot) - Number(left.isRoot) ||
        orderOf(left) - orderOf(right) ||
        right.confidence - left.confidence ||
        right.relevance - left.relevance ||
        (left.each.finding.since ?? Infinity) - (right.each.finding.since ?? Infinity) ||
        left.each.mode.id.localeCompare(right.each.mode.id) ||
        subjectKey(left.each.finding.subject).localeCompare(subjectKey(right.each.finding.subject)),
    );
  const rankOf = new Map(ordered.map((draft, rank) => [draft.index, rank]));
  return ordered.map((draft) => ({
    failureMode: draft.each.mode.id,
    title: draft.each.mode.title,
    finding: draft.each.finding,
    subject: draft.each.finding.subject,
    confidence: Math.round(draft.confidence * 100) / 100,
    isRoot: draft.isRoot,
    explainedBy: (explainedBy[draft.index] ?? []).map((index) => rankOf.get(index) ?? 0).toSorted((left, right) => left - right),
    cascade: traceCascade(draft.index, candidates, explainedBy),
    wouldSettle: draft.each.finding.wouldSettle ?? [],
  }));
}

/** Beside an answer, a rival that is this unlikely is no competitor any more. */
const hopeless = 0.05;

/** Answers to the page first, other answers next, and only then what may be: by relevance among equals. */
function orderOf({ confidence, relevance: share }: { readonly confidence: number; readonly relevance: number }): number {
  if (confidence >= answerThreshold) return share > 0 ? 0 : 1;
  return share > 0 ? 2 : 3;
}

/** Beside an answer, a guess about something that has nothing to do with the page or with those who fail is noise. */
function isWorthSaying({
  each,
  relevance: share,
  isRoot,
}: {
  readonly each: Candidate;
  readonly relevance: number;
  readonly isRoot: boolean;
}): boolean {
  return each.finding.weight !== 'weak' || share > 0 || !isRoot;
}

interface Considered {
  readonly candidates: readonly Candidate[];
  readonly explainedBy: readonly (readonly number[])[];
  readonly radius: BlastRadius;
  readonly scope: Scope;
}

function confidenceOf(index: number, considered: Considered): number {
  const { candidates, explainedBy } = considered;
  const own = candidates[index];
  if (own === undefined) return 0;
  const alone = aloneOf(own, considered);
  const causes = explainedBy[index] ?? [];
  if (causes.length > 0) {
    // It is a root cause only in so far as nothing that explains it is.
    const strongest = Math.max(...causes.map((cause) => (candidates[cause] === undefined ? 0 : aloneOf(candidates[cause], considered))));
    return alone * (1 - strongest);
  }
  const rivals = candidates.flatMap((other, at) =>
    at !== index && (explainedBy[at] ?? []).length === 0 && sharesPods(own, other) ? [aloneOf(other, considered)] : [],
  );
  const strongest = rivals.length === 0 ? 0 : Math.max(...rivals);
  return strongest > alone
    ? alone * (1 - strongest) * loserShare
    : alone * (1 - rivalShare * (strongest === alone ? 1 : strongest * strongest));
}

function aloneOf({ mode, finding }: Candidate, considered: Considered): number {
  const probability = probabilityOf[finding.weight];
  if (mode.role === 'symptom') return Math.min(symptomCeiling, probability);
  return isOnWrongAxis(finding, considered) ? probability * wrongAxisShare : probability;
}

/** What one replica has for itself: trouble with it hits that replica alone, wherever it runs. */
const ownOfReplica: ReadonlySet<string> = new Set(['Pod', 'PersistentVolumeClaim', 'PersistentVolume']);

/**
 * A cause that would hit every replica alike does not explain a clean split: where the place separates, neither the
 * template nor a shared dependency does; where the revision separates, a dependency that the others reach does not.
 */
function isOnWrongAxis(finding: Candidate['finding'], { radius, scope }: Considered): boolean {
  const { leading, areSiblings } = radius;
  if (
    leading === undefined ||
    !areSiblings ||
    scope.target === undefined ||
    finding.weight === 'conclusive' ||
    finding.explainsSplit === true ||
    finding.subject.kind === 'Node' ||
    finding.subject.kind === 'NodeGroup' ||
    ownOfReplica.has(finding.subject.kind) ||
    isOfThePlace(finding)
  )
    return false;
  const failing = new Set(scope.failing.map(({ pod }) => subjectKey(subject('Pod', pod.metadata.namespace, pod.metadata.name))));
  if (!finding.affects.some((each) => failing.has(subjectKey(each)))) return false;
  const isOwn = subjectKey(finding.subject) === subjectKey(scope.target);
  const isOfWorkload = isOwn || finding.subject.kind === 'ConfigMap' || finding.subject.kind === 'Secret';
  // What a workload brings with it may separate as well as the place does: young replicas often share a node.
  const mayBeOfWorkload = radius.axes.some(({ axis, verdict }) => axesOfWorkload.has(axis) && verdict === 'separates');
  return axesOfWorkload.has(leading.axis) ? !isOfWorkload : !(mayBeOfWorkload && isOfWorkload);
}

/** It says itself that the place has a share in it, and is believed nevertheless: what the kubelet there reports of its own doings. */
function isOfThePlace({ weight, blames }: Candidate['finding']): boolean {
  return weight !== 'weak' && weight !== 'suggestive' && (blames ?? []).some(({ kind }) => kind === 'Node');
}

function sharesPods(left: Candidate, right: Candidate): boolean {
  const pods = new Set(left.finding.affects.filter((each) => each.kind === 'Pod').map(subjectKey));
  return right.finding.affects.some((each) => pods.has(subjectKey(each)));
}

/** The candidate and everything that it explains, directly or by way of others. */
function reach(index: number, candidates: readonly Candidate[], explainedBy: readonly (readonly number[])[]): readonly Candidate[] {
  const reached = new Set([index]);
  for (const from of reached)
    explainedBy.forEach((causes, effect) => {
      if (causes.includes(from)) reached.add(effect);
    });
  return [...reached].flatMap((each) => candidates[each] ?? []);
}

/** Share of the failing replicas in scope that it accounts for. */
function relevance(reached: readonly Candidate[], scope: Scope): number {
  const touched = new Set(reached.flatMap((each) => [each.finding.subject, ...each.finding.affects]).map(subjectKey));
  const isTarget = scope.target !== undefined && touched.has(subjectKey(scope.target));
  if (scope.failing.length === 0) return isTarget ? 1 : 0;
  const hit = scope.failing.filter(({ pod }) => touched.has(subjectKey(subject('Pod', pod.metadata.namespace, pod.metadata.name))));
  return hit.length / scope.failing.length;
}
