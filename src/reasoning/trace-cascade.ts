import { citeObject, claimFromAll, pointerKey } from '../domain/citation.ts';
import type { Step } from '../domain/failure-mode.ts';
import type { Hypothesis } from '../domain/reasoned.ts';
import type { Replica } from '../domain/replica.ts';
import { spokenSubject, subject, subjectKey } from '../domain/subject.ts';
import type { Assessment } from './assess.ts';
import type { Candidate } from './explains.ts';

/** Where a candidate's part of the story ends: what follows from it begins in the same words, so that the steps form one chain. */
type Ends = Map<number, string>;

/** From the cause to what it brings about, each arrow with the evidence of its effect. */
export function traceCascade(
  index: number,
  candidates: readonly Candidate[],
  explainedBy: readonly (readonly number[])[],
): readonly Step[] {
  const own = candidates[index];
  if (own === undefined) return [];
  const ownSteps = own.finding.steps ?? [];
  const steps: Step[] = [...ownSteps];
  const ends: Ends = new Map([[index, ownSteps.at(-1)?.to ?? spoken(own)]]);
  for (const [from, end] of ends) {
    explainedBy.forEach((causes, effect) => {
      const other = candidates[effect];
      // Only the direct arrow: what is also explained by something in between is reached through that.
      const isDirect = causes.includes(from) && !causes.some((between) => between !== from && (explainedBy[between] ?? []).includes(from));
      if (other === undefined || ends.has(effect) || !isDirect) return;
      const isTold = isToldBy(own, other);
      ends.set(effect, isTold ? end : spoken(other));
      if (!isTold) steps.push({ from: end, to: spoken(other), because: other.finding.because });
    });
  }
  return steps;
}

/** True where the root rests on a piece of the same evidence, so that its own steps have told it already. */
function isToldBy(root: Candidate, other: Candidate): boolean {
  const told = new Set(
    [...root.finding.because, ...(root.finding.steps ?? []).flatMap((step) => step.because)]
      .flatMap((each) => each.citing)
      .map((each) => pointerKey(each.of)),
  );
  return (root.finding.steps ?? []).length > 0 && other.finding.because[0].citing.some((each) => told.has(pointerKey(each.of)));
}

function spoken({ mode, finding }: Candidate): string {
  return `${mode.title} (${spokenSubject(finding.subject)})`;
}

/** The cause and everything that follows from it, directly or by way of others. */
export function reachedFrom(cause: Hypothesis, all: readonly Hypothesis[]): readonly Hypothesis[] {
  const reached = new Set([cause]);
  for (const from of reached) for (const other of all) if (other.explainedBy.includes(all.indexOf(from))) reached.add(other);
  return [...reached];
}

/** The failing replicas of the page that suffer from this, directly or by way of what follows from it. */
export function sufferersOf(cause: Hypothesis, all: readonly Hypothesis[], { scope }: Assessment): readonly Replica[] {
  const touched = new Set(
    reachedFrom(cause, all)
      .flatMap((each) => [each.subject, ...each.finding.affects])
      .map(subjectKey),
  );
  const isTargetTouched = scope.target !== undefined && touched.has(subjectKey(scope.target));
  return isTargetTouched
    ? scope.failing
    : scope.failing.filter(({ pod }) => touched.has(subjectKey(subject('Pod', pod.metadata.namespace, pod.metadata.name))));
}

const citedReplicas = 6;

/** The last arrows: to the replicas that fail, and from them to the page that says so. They go on where the chain that leads there ends. */
export function arrowsToPage(cause: Hypothesis, all: readonly Hypothesis[], assessment: Assessment): readonly Step[] {
  const { scope, question, judgement } = assessment;
  const sufferers = cause.isRoot ? sufferersOf(cause, all, assessment) : [];
  const failing = `${sufferers.length} of ${scope.failing.length + scope.healthy.length + scope.undecided.length} replicas of ${scope.target === undefined ? '' : spokenSubject(scope.target)} fail`;
  const seen = claimFromAll(
    `${failing}.`,
    sufferers.slice(0, citedReplicas).map(({ pod, troubles }) => citeObject(pod, `failing: ${troubles[0]?.reason ?? 'not healthy'}`)),
  );
  if (scope.target === undefined || seen === undefined) return [];
  const toReplicas: Step = { from: endTowards(spokenSubject(scope.target), cause), to: failing, because: [seen] };
  const [first, ...more] = judgement.because;
  if (judgement.verdict !== 'real' || question.alert === undefined || first === undefined) return [toReplicas];
  return [toReplicas, { from: failing, to: question.alert.summary, because: [first, ...more] }];
}

/** The end of the chain that names the target; else where the cause's own steps end. */
function endTowards(target: string, { cascade, finding, title, subject: at }: Hypothesis): string {
  const begun = new Set(cascade.map((step) => step.from));
  const ends = cascade.map((step) => step.to).filter((to) => !begun.has(to));
  const own = finding.steps?.at(-1)?.to ?? `${title} (${spokenSubject(at)})`;
  return ends.find((end) => end.includes(`(${target})`)) ?? own;
}
