import type { z } from 'zod';
import { type Attempt, type ChangeProgress, type Incident, isCarriedOut, standingChanges } from '../../domain/incident.ts';
import { formatInstant } from '../../domain/instant.ts';
import type { PublishedMitigation } from '../../domain/investigation.ts';
import { commandToChange } from '../../domain/kubectl-commands.ts';
import { isBlocked, type MitigationPlan } from '../../domain/mitigation.ts';
import type { Observation } from '../../domain/observation.ts';
import type { Proof } from '../../domain/proof.ts';
import { spokenSubject, subjectKey } from '../../domain/subject.ts';
import { oneCommand, oneLine } from '../../writing/terminal-safe.ts';
import { planMark } from '../serve/plan-mark.ts';
import type { ServedState } from '../serve/served-incidents.ts';
import type { attemptShape } from './incident-shape.ts';

export type AttemptView = z.input<typeof attemptShape>;

export interface AttemptSurroundings {
  readonly incident: Incident;
  readonly state: ServedState;
}

/** One plan that was tried or waits, as it is shown and answered. */
export function attemptView(attempt: Attempt, { incident, state }: AttemptSurroundings): AttemptView {
  const { number, purpose, plan, observations, evidencePath, declined } = attempt;
  const published = publishedOf(plan, incident);
  return {
    number,
    purpose,
    plan: planMark(attempt),
    mitigation: plan.id,
    subject: plan.subject,
    title: planTitle(plan, incident),
    why: oneLine(plan.why.says),
    expectation: oneLine(plan.expectation),
    preconditions: plan.preconditions.map(({ claim, holds }) => ({ claim: oneLine(claim), holds })),
    warnings: (published?.warnings ?? []).map(oneLine),
    // Of a plan without an undo nobody may think that it can be taken back.
    reversibility: published?.reversibility ?? (plan.undo.length === 0 ? 'irreversible' : 'undoable'),
    canBeApproved: canBeApproved(attempt, { incident, state }),
    canBeUndone: attempt.undoAsked === undefined && standingChanges(attempt).length > 0,
    changes: plan.changes.map((change, index) => ({ command: oneCommand(commandToChange(change)), ...progressOf(attempt, index) })),
    undo: plan.undo.map((change) => oneCommand(commandToChange(change))),
    ...(plan.undoWhen === undefined ? {} : { undoWhen: oneLine(plan.undoWhen) }),
    ...(declined === undefined ? {} : { declined: oneLine(declined.because) }),
    ...(evidencePath === undefined ? {} : { evidencePath: oneLine(evidencePath) }),
    ...decisionsOn(attempt),
    watched: observations.map(watchedView),
  };
}

/** What the plan is called, as it was published. */
export function planTitle(plan: MitigationPlan, incident: Incident): string {
  return oneLine(publishedOf(plan, incident)?.title ?? `${plan.id}, ${spokenSubject(plan.subject)}`);
}

function publishedOf(plan: MitigationPlan, { investigations }: Incident): PublishedMitigation | undefined {
  return investigations
    .toReversed()
    .flatMap(({ investigation }) => investigation.mitigations)
    .find(({ id, subject }) => id === plan.id && subjectKey(subject) === subjectKey(plan.subject));
}

/** Only the last plan waits for anybody. A yes that does not hold any more, because it could not be acted on for long, can be said again. */
function canBeApproved(attempt: Attempt, { incident, state }: AttemptSurroundings): boolean {
  const { approval, declined, answered, plan } = attempt;
  const isOpen = approval === undefined && declined === undefined && answered?.answer !== 'no';
  return state === 'waiting-for-approval' && isOpen && !isBlocked(plan) && incident.attempts.at(-1)?.number === attempt.number;
}

function progressOf({ done, undone, prepared }: Attempt, index: number): Omit<AttemptView['changes'][number], 'command'> {
  const [forth, back] = [done[index], undone[index]];
  if (back !== undefined && isCarriedOut(back)) return { state: 'put-back' };
  if (forth === undefined || forth.begun === 0)
    return { state: 'planned', ...(prepared[index]?.isAlreadySo === true ? { detail: 'It is so already.' } : {}) };
  const detail = oneLine((back?.begun ?? 0) > 0 ? (back?.result?.detail ?? '') : (forth.result?.detail ?? ''));
  return { state: stateOf(forth), ...(detail === '' ? {} : { detail }) };
}

function stateOf({ result }: ChangeProgress): AttemptView['changes'][number]['state'] {
  if (result === undefined) return 'under-way';
  switch (result.state) {
    case 'already-so':
      return 'done';
    // It was begun and turned out not to be carried out: it is tried again.
    case 'not-done':
      return 'planned';
    default:
      return result.state;
  }
}

function decisionsOn({
  approval,
  judgement,
  undoAsked,
  proofs,
}: Attempt): Pick<AttemptView, 'approval' | 'judgement' | 'undoAsked' | 'proofs'> {
  return {
    ...(approval === undefined ? {} : { approval: { by: oneLine(approval.by), how: approval.how, at: formatInstant(approval.at) } }),
    ...(judgement === undefined
      ? {}
      : { judgement: { is: judgement.is, at: formatInstant(judgement.at), because: judgement.because.map(oneLine) } }),
    ...(undoAsked === undefined
      ? {}
      : { undoAsked: { at: formatInstant(undoAsked.at), by: oneLine(undoAsked.by), because: oneLine(undoAsked.because) } }),
    ...(proofs === undefined ? {} : { proofs: { at: formatInstant(proofs.at), all: proofs.all.map(proofView) } }),
  };
}

function proofView({ claim, holds, because, wouldSettle }: Proof): NonNullable<AttemptView['proofs']>['all'][number] {
  const detail = oneLine(
    [...because.map(({ says }) => says), ...(wouldSettle === undefined ? [] : [`What would tell: ${wouldSettle}`])].join(' '),
  );
  return { claim: oneLine(claim), holds, ...(detail === '' ? {} : { detail }) };
}

function watchedView({ at, replicas, errors, alert }: Observation): AttemptView['watched'][number] {
  return {
    at: formatInstant(at),
    ...(replicas.state === 'seen' ? { failingReplicas: replicas.failing, healthyReplicas: replicas.healthy } : {}),
    ...(errors.state === 'seen' ? { measured: errors.value } : {}),
    ...('detail' in alert ? {} : { alert: alert.state }),
  };
}
