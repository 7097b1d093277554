import type { Question } from '../domain/alert.ts';
import type { EvidenceKind, Gap, Readings, Snapshot } from '../domain/evidence.ts';
import type { AnyFailureMode } from '../domain/failure-mode.ts';
import type { FailureMode } from '../domain/failure-mode.ts';
import { type Instant, millisecondsPerHour } from '../domain/instant.ts';
import { formatInstant } from '../domain/instant.ts';
import type { GuardRail } from '../domain/guard-rail.ts';
import type { Investigation } from '../domain/investigation.ts';
import { type ResourceName, resources } from '../domain/kubernetes/resources.ts';
import type { AnyMitigation, MitigationPlan } from '../domain/mitigation.ts';
import type { Announcer } from '../ports/announcer.ts';
import type { Clock } from '../ports/clock.ts';
import type { EvidenceRequest, EvidenceSource } from '../ports/evidence-source.ts';
import { type Assessment, assess } from '../reasoning/assess.ts';
import { alertKinds, firstKinds, logsToRead, nodesToProbe } from '../reasoning/choose-next-evidence.ts';
import { connectionsToTry } from '../reasoning/connections-to-try.ts';
import { type Diagnosis, diagnose } from '../reasoning/diagnose.ts';
import { evidenceBehind } from '../reasoning/facts-of.ts';
import { planMitigations } from '../reasoning/plan-mitigations.ts';
import { reconsiderChanges } from '../reasoning/reconsider-changes.ts';
import { publishEvidence } from '../reasoning/publish-claims.ts';
import { publish, publishPlans, warnings } from '../reasoning/publish.ts';
import { thinkAboutChanges, thinkAboutMitigation } from '../reasoning/think-aloud/changes-and-mitigation.ts';
import { thinkAboutCause, thinkAboutRepair } from '../reasoning/think-aloud/diagnosis.ts';
import { publishThought, type Thought } from '../reasoning/think-aloud/thought.ts';
import { thinkAboutAlert, thinkAboutScope } from '../reasoning/think-aloud/verify-and-scope.ts';
import { mistakeInNamespace, mistakeInSelector } from './check-question.ts';
import { gather, merge } from './gather-evidence.ts';

export interface InvestigationInput {
  readonly question: Question;
  /** The first one says what "now" is. Earlier ones are asked first. */
  readonly sources: readonly [EvidenceSource, ...EvidenceSource[]];
  readonly catalogue: readonly AnyFailureMode[];
  readonly mitigations: readonly AnyMitigation[];
  readonly guardRails: readonly GuardRail[];
  readonly announcer: Announcer;
  /** What is known to be missing before anything is asked. Absent: nothing is. */
  readonly gaps?: readonly Gap[];
  /** Measures how long it took. In a replay it stands still. */
  readonly clock: Clock;
  readonly budgetMilliseconds: number;
}

export type InvestigationResult =
  | { readonly state: 'done'; readonly investigation: Investigation; readonly snapshot: Snapshot }
  | { readonly state: 'failed'; readonly attempted: string; readonly happened: string; readonly whatToDo: string };

/** How far back metrics are read: enough to see what is usual before the trouble. */
const metricWindowMilliseconds = millisecondsPerHour;
const metricStepSeconds = 15;
const tailLines = 200;

/**
 * Works the case in rounds: cheap lists first, mitigation as soon as the blast radius allows it, everything else after.
 * Read-only from end to end.
 */
export async function investigate(input: InvestigationInput, cancelled: AbortSignal): Promise<InvestigationResult> {
  const { announcer, clock, sources, question } = input;
  const startedAt = clock.now();
  const signal = AbortSignal.any([cancelled, AbortSignal.timeout(input.budgetMilliseconds)]);
  const unreadable = mistakeInSelector(question);
  if (unreadable !== undefined) return unreadable;
  const identity = await sources[0].identify(signal);
  if (identity.state === 'failed') return identity;
  const { now, cluster } = identity;
  let latest: Assessment | undefined;
  const look = (readings: Readings): Assessment => (latest = assess(question, { takenAt: now, cluster, readings }, latest));
  const round = async (before: Readings, requests: readonly EvidenceRequest[]): Promise<Readings> =>
    merge(before, await gather(sources, requests, signal, progressOf(announcer, requests.length)));

  const first = await round({}, firstRound(question, now));
  const nowhere = mistakeInNamespace(question, first);
  if (nowhere !== undefined) return nowhere;
  announcer.announce({
    kind: 'started',
    at: formatInstant(now),
    cluster: { source: cluster.source, name: cluster.name, ...(cluster.version === undefined ? {} : { version: cluster.version }) },
    alert: question.alert === undefined ? undefined : { name: question.alert.name, summary: question.alert.summary },
  });
  const suspects = look(first);
  const logs = await round(first, [logRequest(suspects, now)]);
  const second = await round(logs, [probeRequest(look(logs), now)]);
  const assessment = look(second);
  const early = thinkEarly(input, assessment);
  const third = await round(second, thirdRound(input.catalogue, second, assessment, now));
  const full = look(third);
  const late = thinkLate(input, full, early);
  const reconsidered = { ...full, changes: reconsiderChanges(full.changes, late.diagnosis.hypotheses) };
  const finishedAt = clock.now();
  const investigation = publish(
    {
      assessment: reconsidered,
      ...late,
      thoughts: [...early.thoughts, ...late.thoughts],
      catalogue: input.catalogue,
      mitigations: input.mitigations,
      guardRails: input.guardRails,
    },
    {
      startedAt: cluster.source === 'live' ? startedAt : now,
      finishedAt: cluster.source === 'live' ? finishedAt : now,
      cost: costOf(input, cluster.source === 'live' ? finishedAt - startedAt : 0),
    },
  );
  announcer.announce({ kind: 'finished', investigation });
  return { state: 'done', investigation, snapshot: full.snapshot };
}

function progressOf(announcer: Announcer, total: number): (kind: EvidenceKind) => void {
  let read = 0;
  return (kind) => {
    read += 1;
    announcer.announce({ kind: 'progress', text: `read ${kind} (${read} of ${total})` });
  };
}

function requestFor(kind: EvidenceKind, why: string, now: Instant): EvidenceRequest {
  return { kind, namespaces: [], from: now - metricWindowMilliseconds, until: now, why };
}

function firstRound(question: Question, now: Instant): readonly EvidenceRequest[] {
  const { alert, alertExpression } = question;
  const metrics =
    alertExpression === undefined
      ? {}
      : { metrics: [{ expression: alertExpression.measured, purpose: 'alert' as const, stepSeconds: metricStepSeconds }] };
  const named: readonly EvidenceKind[] = question.namespace === undefined ? [] : ['namespaces'];
  const lists = [...firstKinds, ...named].map((kind) => requestFor(kind, 'who fails, where, and what changed', now));
  const page = alertKinds.map((kind) => ({
    ...requestFor(kind, 'is the page real', now),
    ...metrics,
    ...(alert === undefined ? {} : { alert: alert.name }),
  }));
  return [...lists, ...page];
}

function logRequest(assessment: Assessment, now: Instant): EvidenceRequest {
  return {
    ...requestFor('container-logs', 'what the failing replicas and a healthy sibling say', now),
    logs: logsToRead(assessment).map((wish) => ({ ...wish, tailLines })),
  };
}

function probeRequest(assessment: Assessment, now: Instant): EvidenceRequest {
  return { ...requestFor('connectivity-probes', 'which connections work from where', now), probes: connectionsToTry(assessment) };
}

/** Everything that some failure mode can use and that was not read yet. */
function thirdRound(
  catalogue: readonly AnyFailureMode[],
  before: Readings,
  assessment: Assessment,
  now: Instant,
): readonly EvidenceRequest[] {
  const wanted = (catalogue as unknown as readonly FailureMode[])
    .flatMap((mode) => [...mode.needs, ...mode.helpedBy])
    .flatMap((kind) => {
      const behind = evidenceBehind(kind);
      return [...behind.needs, ...behind.helpedBy];
    });
  const open = [...new Set(wanted)].filter((kind) => before[kind] === undefined).toSorted();
  return open.map((kind) =>
    kind === 'node-commands'
      ? { ...requestFor(kind, 'what a bad and a good node say', now), nodes: nodesToProbe(assessment) }
      : requestFor(kind, 'why', now),
  );
}

interface Early {
  readonly thoughts: readonly Thought[];
  readonly plans: readonly MitigationPlan[];
}

function say(input: InvestigationInput, thoughts: readonly Thought[], at: Instant): void {
  for (const thought of thoughts) input.announcer.announce({ kind: 'thought', thought: publishThought(thought, at) });
}

/** Everything up to the mitigation, announced before the diagnosis begins. */
function thinkEarly(input: InvestigationInput, assessment: Assessment): Early {
  const { takenAt } = assessment.snapshot;
  const plans = planMitigations(input.mitigations, assessment, []);
  const thoughts = [
    ...thinkAboutAlert(assessment),
    ...thinkAboutScope(assessment),
    ...thinkAboutChanges(assessment),
    ...thinkAboutMitigation(plans, assessment),
  ];
  say(input, thoughts, takenAt);
  announcePlans(input, plans, assessment);
  return { thoughts, plans };
}

function announcePlans(input: InvestigationInput, plans: readonly MitigationPlan[], assessment: Assessment): void {
  if (plans.length === 0) return;
  const citations = plans
    .flatMap((plan) => [plan.why, ...plan.preconditions.flatMap((each) => each.because)])
    .flatMap((claim) => claim.citing);
  input.announcer.announce({
    kind: 'mitigations',
    mitigations: publishPlans(plans, input.mitigations, warnings(input.guardRails, assessment)),
    evidence: publishEvidence(citations, assessment.snapshot.takenAt),
  });
}

function thinkLate(
  input: InvestigationInput,
  assessment: Assessment,
  early: Early,
): { readonly diagnosis: Diagnosis; readonly plans: readonly MitigationPlan[]; readonly thoughts: readonly Thought[] } {
  const { takenAt } = assessment.snapshot;
  const diagnosis = withGaps(diagnose(assessment, input.catalogue), input.gaps ?? []);
  const plans = planMitigations(input.mitigations, assessment, diagnosis.hypotheses);
  const known = new Set(early.plans.map((plan) => plan.id));
  const thoughts = [...thinkAboutCause(assessment, diagnosis), ...thinkAboutRepair(plans)];
  say(input, thoughts, takenAt);
  announcePlans(
    input,
    plans.filter((plan) => !known.has(plan.id)),
    assessment,
  );
  return { diagnosis, plans, thoughts };
}

/** What was missing from the start stands first; what a reading tells as well is not told twice. */
function withGaps(diagnosis: Diagnosis, gaps: readonly Gap[]): Diagnosis {
  const untold = gaps.filter((gap) => !diagnosis.blindSpots.some((spot) => spot.what === gap.what));
  const spots = untold.map((gap) => ({ what: gap.what, why: `${gap.because}: ${gap.detail}`, toSeeIt: 'collect it again, as a whole' }));
  return { ...diagnosis, blindSpots: [...spots, ...diagnosis.blindSpots] };
}

function costOf({ sources }: InvestigationInput, wallMilliseconds: number): Investigation['cost'] {
  const costs = sources.map((source) => source.cost());
  return {
    requests: costs.reduce((sum, each) => sum + each.requests, 0),
    bytes: costs.reduce((sum, each) => sum + each.bytes, 0),
    wallMilliseconds,
  };
}

/** What an investigation may ever read, for the permissions that it needs. */
export function resourcesRead(catalogue: readonly AnyFailureMode[]): readonly ResourceName[] {
  const wanted = (catalogue as unknown as readonly FailureMode[])
    .flatMap((mode) => [...mode.needs, ...mode.helpedBy])
    .flatMap((kind) => [...evidenceBehind(kind).needs, ...evidenceBehind(kind).helpedBy]);
  return [...new Set([...firstKinds, ...wanted])].filter((kind): kind is ResourceName => kind in resources).toSorted();
}
