import type { Citation, Claim } from '../domain/citation.ts';
import type { AnyFailureMode, FailureMode, Step } from '../domain/failure-mode.ts';
import type { GuardRail } from '../domain/guard-rail.ts';
import { formatInstant, type Instant } from '../domain/instant.ts';
import { type Investigation, investigationSchema, type PublishedHypothesis, type PublishedMitigation } from '../domain/investigation.ts';
import { type AnyMitigation, isBlocked, type Mitigation, type MitigationPlan } from '../domain/mitigation.ts';
import type { Hypothesis } from '../domain/reasoned.ts';
import type { Replica } from '../domain/replica.ts';
import { subject, type Subject } from '../domain/subject.ts';
import type { Assessment } from './assess.ts';
import type { Diagnosis } from './diagnose.ts';
import { followUps } from './follow-ups.ts';
import { guardedSituation, warningsAbout } from './guard-deeds.ts';
import { commandToChange } from '../domain/kubectl-commands.ts';
import { publishClaim, publishEvidence } from './publish-claims.ts';
import { publishMatrix } from './publish-matrix.ts';
import { publishMeasured } from './publish-measured.ts';
import { summarise } from './summarise.ts';
import { arrowsToPage } from './trace-cascade.ts';
import { publishThought, type Thought } from './think-aloud/thought.ts';

export interface Reasoned {
  readonly assessment: Assessment;
  readonly diagnosis: Diagnosis;
  readonly plans: readonly MitigationPlan[];
  readonly thoughts: readonly Thought[];
  readonly catalogue: readonly AnyFailureMode[];
  readonly mitigations: readonly AnyMitigation[];
  readonly guardRails: readonly GuardRail[];
}

export interface Bookkeeping {
  readonly startedAt: Instant;
  readonly finishedAt: Instant;
  readonly cost: Investigation['cost'];
  /** IANA name of where the engineer is, for the reminder. Absent: UTC. */
  readonly timeZone?: string;
}

/** The answer as the contract has it: every claim with the ids of its evidence, every id with its evidence. */
export function publish(reasoned: Reasoned, books: Bookkeeping): Investigation {
  const { assessment, diagnosis, plans, thoughts } = reasoned;
  const { judgement, onset, scope, radius, changes, snapshot, question } = assessment;
  const { cluster, takenAt } = snapshot;
  const proven = new Set(reasoned.catalogue.filter((mode) => mode.isProven === true).map((mode) => mode.id));
  return {
    schema: investigationSchema,
    startedAt: formatInstant(books.startedAt),
    finishedAt: formatInstant(books.finishedAt),
    cluster: { source: cluster.source, name: cluster.name, ...(cluster.version === undefined ? {} : { version: cluster.version }) },
    outcome: diagnosis.outcome,
    summary: summarise({ ...reasoned, mitigations: reasoned.mitigations as unknown as readonly Mitigation[] }),
    alert: {
      verdict: judgement.verdict,
      ...(question.alert === undefined ? {} : { name: question.alert.name }),
      because: judgement.because.map(publishClaim),
      ...(judgement.wouldSettle === undefined ? {} : { wouldSettle: judgement.wouldSettle }),
      ...publishMeasured(assessment),
    },
    ...(onset === undefined ? {} : { onset: { at: formatInstant(onset.at), because: onset.because.map(publishClaim) } }),
    scope: {
      ...(scope.target === undefined ? {} : { target: scope.target }),
      failing: scope.failing.map(podSubject),
      healthy: scope.healthy.map(podSubject),
      axes: radius.axes.map(({ wouldSettle, ...axis }) => ({ ...axis, ...(wouldSettle === undefined ? {} : { wouldSettle }) })),
      ...publishMatrix(assessment),
    },
    changes: changes.map((change) => ({ ...change, at: formatInstant(change.at), because: change.because.map(publishClaim) })),
    blindSpots: diagnosis.blindSpots,
    hypotheses: diagnosis.hypotheses.map((hypothesis, index, all) =>
      publishHypothesis(hypothesis, {
        rank: index + 1,
        isProven: proven.has(hypothesis.failureMode),
        end: arrowsToPage(hypothesis, all, assessment),
      }),
    ),
    mitigations: publishPlans(plans, reasoned.mitigations, warnings(reasoned.guardRails, assessment)),
    thoughts: thoughts.map((thought) => publishThought(thought, takenAt)),
    followUps: followUps({
      hypotheses: diagnosis.hypotheses,
      plans,
      catalogue: reasoned.catalogue as unknown as readonly FailureMode[],
      assessment,
      ...(books.timeZone === undefined ? {} : { timeZone: books.timeZone }),
    }),
    evidence: publishEvidence(allCitations(reasoned), takenAt),
    cost: books.cost,
  };
}

function podSubject({ pod }: Replica): Subject {
  return subject('Pod', pod.metadata.namespace, pod.metadata.name);
}

function publishHypothesis(
  hypothesis: Hypothesis,
  { rank, isProven, end }: { readonly rank: number; readonly isProven: boolean; readonly end: readonly Step[] },
): PublishedHypothesis {
  const { finding } = hypothesis;
  return {
    rank,
    failureMode: hypothesis.failureMode,
    title: hypothesis.title,
    subject: hypothesis.subject,
    confidence: hypothesis.confidence,
    proven: isProven,
    root: hypothesis.isRoot,
    explainedBy: hypothesis.explainedBy.map((at) => at + 1),
    because: finding.because.map(publishClaim),
    against: (finding.against ?? []).map(publishClaim),
    cascade: [...hypothesis.cascade, ...end].map((step) => ({ from: step.from, to: step.to, because: step.because.map(publishClaim) })),
    contributing: (finding.contributing ?? []).map(publishClaim),
    wouldSettle: hypothesis.wouldSettle,
  };
}

export function publishPlans(
  plans: readonly MitigationPlan[],
  mitigations: readonly AnyMitigation[],
  warningsOf: (plan: MitigationPlan) => readonly string[],
): readonly PublishedMitigation[] {
  const byId = new Map((mitigations as unknown as readonly Mitigation[]).map((each) => [each.id, each]));
  return plans.map((plan) => ({
    id: plan.id,
    title: byId.get(plan.id)?.title ?? plan.id,
    subject: plan.subject,
    why: plan.why.says,
    because: [publishClaim(plan.why), ...plan.preconditions.flatMap((each) => each.because).map(publishClaim)],
    preconditions: plan.preconditions.map(({ claim, holds }) => ({ claim, holds })),
    saveFirst: plan.saveFirst,
    commands: plan.changes.map(commandToChange),
    undo: plan.undo.map(commandToChange),
    ...(plan.undoWhen === undefined ? {} : { undoWhen: plan.undoWhen }),
    expectation: plan.expectation,
    reversibility: byId.get(plan.id)?.reversibility ?? 'irreversible',
    blocked: isBlocked(plan),
    warnings: warningsOf(plan),
    ...(plan.pullRequest === undefined ? {} : { pullRequest: plan.pullRequest }),
  }));
}

/** Plans pass the same guard rails as commands that people type. */
export function warnings(guardRails: readonly GuardRail[], assessment: Assessment): (plan: MitigationPlan) => readonly string[] {
  const situation = guardedSituation(assessment, { hypotheses: [], plans: [] });
  return (plan) => {
    const isEvidenceSaved = plan.saveFirst.length > 0;
    const told = plan.changes.flatMap((deed) => warningsAbout(guardRails, { deed, isEvidenceSaved }, situation));
    return [...new Set(told.map((each) => each.says))];
  };
}

function allCitations({ assessment, diagnosis, plans, thoughts }: Reasoned): readonly Citation[] {
  const arrows = diagnosis.hypotheses.flatMap((each) => arrowsToPage(each, diagnosis.hypotheses, assessment));
  const { judgement, onset, changes, radius } = assessment;
  const findings = diagnosis.hypotheses.flatMap(({ finding, cascade }) => [
    ...finding.because,
    ...(finding.against ?? []),
    ...(finding.contributing ?? []),
    ...cascade.flatMap((step) => step.because),
  ]);
  const claims: readonly Claim[] = [
    ...arrows.flatMap((step) => step.because),
    ...judgement.because,
    ...(onset?.because ?? []),
    ...changes.flatMap((change) => change.because),
    ...radius.because,
    ...findings,
    ...plans.flatMap((plan) => [plan.why, ...plan.preconditions.flatMap((each) => each.because)]),
  ];
  return [...claims.flatMap((each) => each.citing), ...thoughts.flatMap((thought) => thought.citing)];
}
