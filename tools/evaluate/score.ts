import type { Investigation, PublishedHypothesis } from '../../src/domain/investigation.ts';
import { subjectKey } from '../../src/domain/subject.ts';
import type { ExpectedRoot, Expectation } from './expectation.ts';

/** One case, judged. */
export interface Judged {
  readonly name: string;
  /** The expected cause, "healthy" or "cannot-tell": cases of one group are averaged before the groups are. */
  readonly group: string;
  readonly isTopOne: boolean;
  readonly isTopThree: boolean;
  /** Gave no answer where there was one to give. */
  readonly isAbstained: boolean;
  readonly isFalseAlarm: boolean;
  /** An answer at 0.8 or above that is not true. */
  readonly isWrongAndConfident: boolean;
  /** Confidence of each answer given, and whether it was true: for calibration. */
  readonly beliefs: readonly { readonly confidence: number; readonly isTrue: boolean }[];
  readonly said: string;
}

/** From here on an answer is acted upon at night. */
const confident = 0.8;

/** What is judged of an answer. */
export interface Answer {
  readonly outcome: Investigation['outcome'];
  readonly hypotheses: readonly Pick<PublishedHypothesis, 'root' | 'failureMode' | 'subject' | 'confidence'>[];
}

export function judge(name: string, investigation: Answer, expectation: Expectation): Judged {
  const roots = investigation.hypotheses.filter((each) => each.root);
  const isTrue = (each: Answer['hypotheses'][number]): boolean => expectation.roots.some((root) => isMatch(root, each));
  const [first] = roots;
  const answers = investigation.outcome === 'explained' ? roots : [];
  const isCalm = investigation.outcome !== 'explained' && !answers.some((each) => each.confidence >= confident);
  const isRight =
    expectation.outcome === 'explained'
      ? first !== undefined && isTrue(first) && investigation.outcome === 'explained'
      : expectation.outcome === 'healthy'
        ? investigation.outcome === 'healthy'
        : isCalm;
  return {
    name,
    group: expectation.roots[0]?.failureModes[0] ?? expectation.outcome,
    isTopOne: isRight,
    isTopThree: expectation.outcome === 'explained' ? roots.slice(0, 3).some(isTrue) : isRight,
    isAbstained: expectation.outcome === 'explained' && investigation.outcome !== 'explained',
    isFalseAlarm: expectation.outcome === 'healthy' && investigation.outcome !== 'healthy',
    isWrongAndConfident: answers.some((each) => each.confidence >= confident && !isTrue(each)),
    beliefs: answers.map((each) => ({ confidence: each.confidence, isTrue: isTrue(each) })),
    said:
      first === undefined
        ? investigation.outcome
        : `${investigation.outcome}: ${first.failureMode} ${subjectKey(first.subject)} ${first.confidence.toFixed(2)}`,
  };
}

function isMatch({ failureModes, subject }: ExpectedRoot, hypothesis: Answer['hypotheses'][number]): boolean {
  return failureModes.includes(hypothesis.failureMode) && (subject === undefined || subjectKey(subject) === subjectKey(hypothesis.subject));
}

export interface Totals {
  readonly cases: number;
  readonly topOne: number;
  readonly topThree: number;
  /** Mean over groups of the share of right answers in each. */
  readonly macro: number;
  readonly falseAlarms: number;
  readonly wrongAndConfident: number;
  readonly abstentions: number;
  /** Mean squared distance of confidence from truth, over the answers given. */
  readonly brier: number;
  /** Mean distance between confidence and truth over ten equal bins, weighted by answers. */
  readonly calibrationError: number;
}

export function total(judged: readonly Judged[]): Totals {
  const share = (of: (each: Judged) => boolean): number => (judged.length === 0 ? 0 : judged.filter(of).length / judged.length);
  const groups = [...new Set(judged.map((each) => each.group))].map((group) => judged.filter((each) => each.group === group));
  const beliefs = judged.flatMap((each) => each.beliefs);
  return {
    cases: judged.length,
    topOne: share((each) => each.isTopOne),
    topThree: share((each) => each.isTopThree),
    macro: mean(groups.map((group) => group.filter((each) => each.isTopOne).length / group.length)),
    falseAlarms: judged.filter((each) => each.isFalseAlarm).length,
    wrongAndConfident: share((each) => each.isWrongAndConfident),
    abstentions: share((each) => each.isAbstained),
    brier: mean(beliefs.map(({ confidence, isTrue }) => (confidence - Number(isTrue)) ** 2)),
    calibrationError: calibrationError(beliefs),
  };
}

/** The same figures for each group, largest first. */
export function totalByGroup(judged: readonly Judged[]): readonly (Totals & { readonly group: string })[] {
  return [...new Set(judged.map((each) => each.group))]
    .map((group) => ({ group, ...total(judged.filter((each) => each.group === group)) }))
    .toSorted((one, other) => other.cases - one.cases || (one.group < other.group ? -1 : 1));
}

function calibrationError(beliefs: Judged['beliefs']): number {
  const bins = Array.from({ length: 10 }, (_each, bin) =>
    beliefs.filter(({ confidence }) => Math.min(9, Math.floor(confidence * 10)) === bin),
  );
  const weighted = bins.map(
    (bin) => Math.abs(mean(bin.map((each) => each.confidence)) - mean(bin.map((each) => Number(each.isTrue)))) * bin.length,
  );
  return beliefs.length === 0 ? 0 : weighted.reduce((sum, each) => sum + each, 0) / beliefs.length;
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
