import type { Question } from '../domain/alert.ts';
import type { EvidenceKind, Gap, Readings, Snapshot } from '../domain/evidence.ts';
import type { AnyFailureMode } from '../domain/failure-mode.ts';
import { formatInstant, type Instant } from '../domain/instant.ts';
import type { GuardRail } from '../domain/guard-rail.ts';
import type { Investigation } from '../domain/investigation.ts';
import type { AnyMitigation, MitigationPlan } from '../domain/mitigation.ts';
import type { Hypothesis } from '../domain/reasoned.ts';
import type { Announcer } from '../ports/announcer.ts';
import type { Clock } from '../ports/clock.ts';
import type { EvidenceRequest, EvidenceSource } from '../ports/evidence-source.ts';
import { type Assessment, assess } from '../reasoning/assess.ts';
import { type Diagnosis, diagnose } from '../reasoning/diagnose.ts';
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
import { firstRound, logRequest, neighbourRequest, probeRequest, thirdRound } from './rounds.ts';

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
  /** IANA name of where the engineer is, for the reminder. Absent: UTC. */
  readonly timeZone?: string;
}

export type InvestigationResult =
  | {
      readonly state: 'done';
      readonly investigation: Investigation;
      readonly snapshot: Snapshot;
      readonly assessment: Assessment;
      /** As published, with the exact changes. */
      readonly plans: readonly MitigationPlan[];
      /** As published, with what they rest on. Empty: nothing was diagnosed. */
      readonly hypotheses: readonly Hypothesis[];
    }
  | Failed;

export interface Failed {
  readonly state: 'failed';
  readonly attempted: string;
  readonly happened: string;
  readonly whatToDo: string;
}

/**
 * Works the case in rounds: cheap lists first, mitigation as soon as the blast radius allows it, everything else after.
 * Read-only from end to end.
 */
export async function investigate(input: InvestigationInput, cancelled: AbortSignal): Promise<InvestigationResult> {
  const signal = AbortSignal.any([cancelled, AbortSignal.timeout(input.budgetMilliseconds)]);
  const look = await lookFirst(input, signal);
  return look.state === 'failed' ? look : lookDeeper(input, look, signal);
}

/** What is enough to stop the bleeding: who fails, where, since when, what changed. Not why. */
export interface FirstLook {
  readonly state: 'looked';
  readonly startedAt: Instant;
  readonly assessment: Assessment;
  readonly thoughts: readonly Thought[];
  /** Plans that the blast radius suggests, best first. */
  readonly plans: readonly MitigationPlan[];
}

/** Lists, logs of suspects, and connections tried where a flag allows it. */
export async function lookFirst(input: InvestigationInput, signal: AbortSignal): Promise<FirstLook | Failed> {
  const { announcer, clock, sources, question } = input;
  const startedAt = clock.now();
  const unreadable = mistakeInSelector(question);
  if (unreadable !== undefined) return unreadable;
  const identity = await sources[0].identify(signal);
  if (identity.state === 'failed') return identity;
  const { now, cluster } = identity;
  let latest: Assessment | undefined;
  const look = (readings: Readings): Assessment => (latest = assess(question, { takenAt: now, cluster, readings }, latest));
  const first = await round(input, {}, firstRound(question, now), signal);
  const nowhere = mistakeInNamespace(question, first);
  if (nowhere !== undefined) return nowhere;
  announcer.announce({
    kind: 'started',
    at: formatInstant(now),
    cluster: { source: cluster.source, name: cluster.name, ...(cluster.version === undefined ? {} : { version: cluster.version }) },
    alert: question.alert === undefined ? undefined : { name: question.alert.name, summary: question.alert.summary },
  });
  const suspects = look(first);
  const logs = await round(input, first, [logRequest(suspects, now)], signal);
  const second = await round(input, logs, [probeRequest(look(logs), now)], signal);
  const assessment = look(second);
  return { state: 'looked', startedAt, assessment, ...thinkEarly(input, assessment) };
}

function round(
  { sources, announcer }: InvestigationInput,
  before: Readings,
  requests: readonly EvidenceRequest[],
  signal: AbortSignal,
): Promise<Readings> {
  return gather(sources, requests, signal, progressOf(announcer, requests.length)).then((after) => merge(before, after));
}

/** Now: why. Goes on from the first look, also where what it saw is gone by now. */
export async function lookDeeper(
  input: InvestigationInput,
  { startedAt, assessment, ...early }: FirstLook,
  signal: AbortSignal,
): Promise<Extract<InvestigationResult, { readonly state: 'done' }>> {
  const { takenAt, cluster, readings } = assessment.snapshot;
  const third = await round(input, readings, thirdRound(input.catalogue, readings, assessment, takenAt), signal);
  const known = assess(input.question, { takenAt, cluster, readings: third }, assessment);
  const full = await hearNeighbours(input, known, signal);
  const late = thinkLate(input, full, early);
  const thoughts = [...early.thoughts, ...late.thoughts];
  return finish(input, full, { ...late, thoughts, startedAt });
}

/** Who is listened to may name the next one: a chain of calls is followed, but not without end. */
const mostHops = 3;

async function hearNeighbours(input: InvestigationInput, before: Assessment, signal: AbortSignal, hops = mostHops): Promise<Assessment> {
  const { takenAt, cluster, readings } = before.snapshot;
  const toHear = hops === 0 ? undefined : neighbourRequest(before, takenAt);
  if (toHear === undefined) return before;
  const heard = await round(input, readings, [toHear], signal);
  return hearNeighbours(input, assess(input.question, { takenAt, cluster, readings: heard }, before), signal, hops - 1);
}

/** The answer of a first look alone: what to do at once. It says nothing about the cause. */
export function withoutDiagnosis(
  input: InvestigationInput,
  { startedAt, assessment, thoughts, plans }: FirstLook,
): Extract<InvestigationResult, { readonly state: 'done' }> {
  return finish(input, assessment, { diagnosis: withGaps(diagnose(assessment, []), input.gaps ?? []), plans, thoughts, startedAt });
}

interface Concluded {
  readonly diagnosis: Diagnosis;
  readonly plans: readonly MitigationPlan[];
  readonly thoughts: readonly Thought[];
  readonly startedAt: Instant;
}

function finish(
  input: InvestigationInput,
  assessment: Assessment,
  { diagnosis, plans, thoughts, startedAt }: Concluded,
): Extract<InvestigationResult, { readonly state: 'done' }> {
  const { catalogue, mitigations, guardRails, announcer, clock } = input;
  const { snapshot } = assessment;
  const isLive = snapshot.cluster.source === 'live';
  const finishedAt = isLive ? clock.now() : snapshot.takenAt;
  const reconsidered = { ...assessment, changes: reconsiderChanges(assessment.changes, diagnosis.hypotheses) };
  const investigation = publish(
    { assessment: reconsidered, diagnosis, plans, thoughts, catalogue, mitigations, guardRails },
    {
      startedAt: isLive ? startedAt : snapshot.takenAt,
      finishedAt,
      cost: costOf(input, isLive ? finishedAt - startedAt : 0),
      ...(input.timeZone === undefined ? {} : { timeZone: input.timeZone }),
    },
  );
  announcer.announce({ kind: 'finished', investigation });
  return { state: 'done', investigation, snapshot, assessment: reconsidered, plans, hypotheses: diagnosis.hypotheses };
}

/**
 * Plans for causes that were found earlier, in the cluster as this look shows it: what failed is gone by now, and what a plan
 * rests on may have changed. Of the earlier look only what nodes said of their past is taken over.
 */
export function planForCauses(
  { question, mitigations }: InvestigationInput,
  { assessment: now }: FirstLook,
  { assessment: then, hypotheses }: Pick<Extract<InvestigationResult, { readonly state: 'done' }>, 'assessment' | 'hypotheses'>,
): { readonly assessment: Assessment; readonly plans: readonly MitigationPlan[] } {
  const said = then.snapshot.readings['node-commands'];
  const readings = { ...(said === undefined ? {} : { 'node-commands': said }), ...now.snapshot.readings };
  const assessment = assess(question, { ...now.snapshot, readings }, now);
  return { assessment, plans: planMitigations(mitigations, assessment, hypotheses) };
}

function progressOf(announcer: Announcer, total: number): (kind: EvidenceKind) => void {
  let read = 0;
  return (kind) => {
    read += 1;
    announcer.announce({ kind: 'progress', text: `read ${kind} (${read} of ${total})` });
  };
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
