import type { ChangeResult } from './change-result.ts';
import type { Credential } from './credential.ts';
import type { Destination } from './destination.ts';
import type { Instant } from './instant.ts';
import type { Investigation } from './investigation.ts';
import type { LooseEnd } from './loose-end.ts';
import type { MitigationPlan } from './mitigation.ts';
import type { Observation } from './observation.ts';
import type { Approval } from './permit.ts';
import { inverseOf, type JsonValue, type PreparedChange } from './prepared-change.ts';
import type { Proof } from './proof.ts';
import type { Direction, IncidentEvent, Judgement, Purpose, UnsavedEvidence } from './incident-event.ts';

/** How far one change got, in one direction. */
export interface ChangeProgress {
  /** How often it was begun. More than once: an earlier beginning was held back, or turned out not to be done. */
  readonly begun: number;
  readonly firstBegunAt: Instant | undefined;
  /** When the result was learned. */
  readonly endedAt: Instant | undefined;
  /** Absent: not begun, or begun and its end is not known. */
  readonly result: ChangeResult | undefined;
}

/** One plan that was tried. */
export interface Attempt {
  readonly number: number;
  readonly purpose: Purpose;
  readonly plan: MitigationPlan;
  readonly prepared: readonly PreparedChange[];
  readonly baseline: Observation;
  readonly destinations: readonly Destination[];
  readonly chosenAt: Instant;
  readonly approval: Approval | undefined;
  readonly declined: { readonly because: string; readonly isSuperseded: boolean } | undefined;
  readonly evidencePath: string | undefined;
  /** What the changes destroy and what could not be saved. Empty: nothing, or nobody has tried yet. */
  readonly unsaved: readonly UnsavedEvidence[];
  /** By index of the change. */
  readonly done: readonly ChangeProgress[];
  readonly undone: readonly ChangeProgress[];
  /** When the last change was carried out. Absent: not all are. */
  readonly appliedAt: Instant | undefined;
  readonly observations: readonly Observation[];
  readonly judgement: { readonly is: Judgement; readonly at: Instant; readonly because: readonly string[] } | undefined;
  /** What a human answered from elsewhere, the latest. Absent: nobody did. */
  readonly answered:
    | {
        readonly at: Instant;
        readonly by: string;
        readonly answer: 'yes' | 'no';
        readonly because: string | undefined;
        /** See the event "answered". */
        readonly credential: Credential | undefined;
      }
    | undefined;
  readonly undoAsked: { readonly at: Instant; readonly because: string; readonly by: string } | undefined;
  readonly proofs: { readonly at: Instant; readonly all: readonly Proof[] } | undefined;
}

export interface Incident {
  readonly openedAt: Instant;
  readonly alert: Extract<IncidentEvent, { readonly kind: 'opened' }>['alert'];
  readonly cluster: string;
  /** See the event "opened". Absent: it could not be read. */
  readonly clusterUid?: string;
  readonly source: JsonValue;
  readonly cause: Extract<IncidentEvent, { readonly kind: 'opened' }>['cause'];
  readonly investigations: readonly { readonly at: Instant; readonly why: 'first' | 'diagnosis'; readonly investigation: Investigation }[];
  readonly attempts: readonly Attempt[];
  readonly unfit: readonly { readonly plan: MitigationPlan; readonly because: string }[];
  /** Purposes for which no plan was left when it was last looked. */
  readonly withoutPlan: readonly { readonly purpose: Purpose; readonly because: string }[];
  /** Pages after the one that it was opened with, and what was heard of that one later. Oldest first. */
  readonly pages: readonly Omit<Extract<IncidentEvent, { readonly kind: 'paged' }>, 'kind'>[];
  /** Who saw it first. Absent: nobody said so. */
  readonly acknowledged: { readonly at: Instant; readonly by: string } | undefined;
  /** What people wrote, the latest. Absent: nothing. */
  readonly notes: { readonly at: Instant; readonly by: string; readonly text: string } | undefined;
  readonly deliveries: readonly Omit<Extract<IncidentEvent, { readonly kind: 'delivered' }>, 'kind'>[];
  /** The incident in which this trouble is worked. Absent: it is worked here. */
  readonly joined: { readonly incident: string; readonly because: string } | undefined;
  readonly aborted: string | undefined;
  readonly closed:
    | { readonly at: Instant; readonly looseEnds: readonly LooseEnd[]; readonly followUps: Investigation['followUps'] }
    | undefined;
}

/** Undefined: the events do not begin with an opening. */
export function incidentOf(events: readonly IncidentEvent[]): Incident | undefined {
  const [first, ...rest] = events;
  if (first?.kind !== 'opened') return undefined;
  const opened: Incident = {
    openedAt: first.at,
    alert: first.alert,
    cluster: first.cluster,
    ...(first.clusterUid === undefined ? {} : { clusterUid: first.clusterUid }),
    source: first.source,
    cause: first.cause,
    investigations: [],
    attempts: [],
    unfit: [],
    withoutPlan: [],
    pages: [],
    acknowledged: undefined,
    notes: undefined,
    deliveries: [],
    joined: undefined,
    aborted: undefined,
    closed: undefined,
  };
  return rest.reduce(withEvent, opened);
}

/** The incident after one more event. */
export function withEvent(incident: Incident, event: IncidentEvent): Incident {
  switch (event.kind) {
    case 'opened':
      return incident;
    case 'investigated': {
      const { at, why, investigation } = event;
      return { ...incident, investigations: [...incident.investigations, { at, why, investigation }], withoutPlan: [] };
    }
    case 'plan-unfit':
      return { ...incident, unfit: [...incident.unfit, { plan: event.plan, because: event.because }] };
    case 'no-plan':
      return { ...incident, withoutPlan: [...incident.withoutPlan, { purpose: event.purpose, because: event.because }] };
    case 'plan-chosen':
      return { ...incident, attempts: [...incident.attempts, newAttempt(event)] };
    case 'paged':
      return { ...incident, pages: [...incident.pages, withoutKind(event)] };
    case 'acknowledged':
      return { ...incident, acknowledged: incident.acknowledged ?? { at: event.at, by: event.by } };
    case 'notes-written':
      return { ...incident, notes: { at: event.at, by: event.by, text: event.text } };
    case 'delivered':
      return { ...incident, deliveries: [...incident.deliveries, withoutKind(event)] };
    case 'joined':
      return { ...incident, joined: { incident: event.incident, because: event.because } };
    case 'aborted':
      return { ...incident, aborted: event.because };
    case 'closed': {
      const { at, looseEnds, followUps } = event;
      return { ...incident, closed: { at, looseEnds, followUps } };
    }
    default:
      return { ...incident, attempts: incident.attempts.map((each) => (each.number === event.attempt ? attemptWith(each, event) : each)) };
  }
}

function withoutKind<Event extends { readonly kind: string }>({ kind: _kind, ...rest }: Event): Omit<Event, 'kind'> {
  return rest;
}

const notBegun: ChangeProgress = { begun: 0, firstBegunAt: undefined, endedAt: undefined, result: undefined };

function newAttempt(event: Extract<IncidentEvent, { readonly kind: 'plan-chosen' }>): Attempt {
  const { attempt, purpose, plan, prepared, baseline, destinations = [], at } = event;
  return {
    number: attempt,
    purpose,
    plan,
    prepared,
    baseline,
    destinations,
    chosenAt: at,
    approval: undefined,
    declined: undefined,
    evidencePath: undefined,
    unsaved: [],
    done: prepared.map(() => notBegun),
    undone: prepared.map(() => notBegun),
    appliedAt: undefined,
    observations: [],
    judgement: undefined,
    answered: undefined,
    undoAsked: undefined,
    proofs: undefined,
  };
}

type AttemptEvent = Extract<IncidentEvent, { readonly attempt: number }>;

function attemptWith(attempt: Attempt, event: AttemptEvent): Attempt {
  switch (event.kind) {
    case 'plan-chosen':
      return attempt;
    case 'approved':
      return { ...attempt, approval: event.approval };
    case 'declined':
      return { ...attempt, declined: { because: event.because, isSuperseded: event.isSuperseded } };
    case 'evidence-saved':
      return { ...attempt, evidencePath: event.path, unsaved: event.unsaved ?? [] };
    case 'change-begun':
    case 'change-ended':
      return withProgress(attempt, event);
    case 'observed':
      return { ...attempt, observations: [...attempt.observations, event.observation] };
    case 'judged':
      return { ...attempt, judgement: { is: event.judgement, at: event.at, because: event.because } };
    case 'answered':
      return { ...attempt, answered: answerIn(event) };
    case 'undo-asked':
      return { ...attempt, undoAsked: { at: event.at, because: event.because, by: event.by } };
    case 'gate-checked':
      return { ...attempt, proofs: { at: event.at, all: event.proofs } };
  }
}

type ProgressEvent = Extract<IncidentEvent, { readonly kind: 'change-begun' | 'change-ended' }>;

function withProgress(attempt: Attempt, event: ProgressEvent): Attempt {
  const side = event.direction === 'do' ? 'done' : 'undone';
  const all = attempt[side].map((progress, index) => {
    if (index !== event.index) return progress;
    if (event.kind === 'change-ended') return { ...progress, endedAt: event.at, result: event.result };
    return { begun: progress.begun + 1, firstBegunAt: progress.firstBegunAt ?? event.at, endedAt: undefined, result: undefined };
  });
  const isApplied = side === 'done' && attempt.appliedAt === undefined && all.every(isCarriedOut);
  return { ...attempt, [side]: all, ...(isApplied ? { appliedAt: event.at } : {}) };
}

function answerIn({ at, by, answer, because, credential }: Extract<IncidentEvent, { readonly kind: 'answered' }>): Attempt['answered'] {
  return { at, by, answer, because, credential };
}

/** What was approved without knowing that the last trace of a failure goes with it was not approved. */
export function needsConsentToLoss({ unsaved, approval }: Pick<Attempt, 'unsaved' | 'approval'>): boolean {
  return unsaved.some(({ isOnlyTrace }) => isOnlyTrace) && approval?.isWithoutEvidence !== true;
}

export function isCarriedOut({ result }: ChangeProgress): boolean {
  return result?.state === 'done' || result?.state === 'already-so';
}

/** What would be written in this direction. Undefined: there is nothing to put back. */
export function preparedIn(attempt: Attempt, index: number, direction: Direction): PreparedChange | undefined {
  const prepared = attempt.prepared[index];
  return prepared === undefined || direction === 'do' ? prepared : inverseOf(prepared);
}

/** Indexes of changes that are in force and would have to be put back, last one first. */
export function standingChanges(attempt: Attempt): readonly number[] {
  // A plan that has no undo has nothing to put back: a restart, for example, would only be a second one.
  if (attempt.plan.undo.length === 0) return [];
  return attempt.done
    .flatMap((progress, index) => {
      const isInForce = mayBeOurs(progress, attempt.prepared[index]);
      const isBack = attempt.undone[index] !== undefined && isCarriedOut(attempt.undone[index]);
      return isInForce && !isBack && preparedIn(attempt, index, 'undo') !== undefined ? [index] : [];
    })
    .toReversed();
}

/** Carried out by us, as far as can be known. One whose end is not known may be in force as well. */
function mayBeOurs({ begun, result }: ChangeProgress, prepared: PreparedChange | undefined): boolean {
  if (begun === 0) return false;
  // An answer that got lost may have been followed by the write after all: what was not so before we began is ours then.
  if (result?.state === 'already-so') return begun > 1 && prepared?.isAlreadySo === false;
  return result?.state === 'done' || (result?.state ?? 'unknown') === 'unknown';
}
