import type { DiagnosedCause } from './mitigation.ts';
import type { Hypothesis } from './reasoned.ts';

/** The root that a hypothesis is, or that explains it. Undefined: neither, so that nothing is to be done about it for itself. */
export function rootBehind(hypothesis: Hypothesis, hypotheses: readonly Hypothesis[]): DiagnosedCause | undefined {
  const root = hypothesis.isRoot ? hypothesis : hypothesis.explainedBy.map((index) => hypotheses[index]).find((each) => each?.isRoot);
  return root === undefined ? undefined : { failureMode: root.failureMode, subject: root.subject, confidence: root.confidence };
}
