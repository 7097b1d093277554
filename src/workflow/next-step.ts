import type { Attempt, Incident } from '../domain/incident.ts';
import { byItself } from '../domain/incident-event.ts';
import { millisecondsPerSecond } from '../domain/instant.ts';
import { firingAlerts, hasFiredSince, isInOurHands } from './is-over.ts';
import { carryOn, finishBeginnings, notPutBack, putBack } from './attempt-step.ts';
import { isInForce, throughTheGate, wentThroughTheGate } from './repair-gate.ts';
import { type Goal, rest, type Run, type Step } from './step.ts';

/** What comes next. The whole workflow is this function: no clock, no network, no store. After a crash it is simply asked again. */
export function nextStep(incident: Incident, goal: Goal, run: Run): Step {
  for (const attempt of incident.attempts.toReversed()) {
    const unfinished = finishBeginnings(attempt, run) ?? putBack(attempt, run);
    if (unfinished !== undefined) return unfinished;
  }
  // Before anything else is tried somebody has to know that the cluster is not as it was.
  const left = incident.attempts.flatMap(notPutBack);
  if (left.length > 0) return rest('needs-human', `${left.join('. ')}.`);
  if (goal === 'undo') return rest('undone', whatWasUndone(incident));
  if (incident.closed !== undefined) return rest('closed', 'The incident is closed.');
  if (incident.joined !== undefined) return rest('joined', `It is worked on in ${incident.joined.incident}: ${incident.joined.because}`);
  if (goal === 'settle') return settle(incident);
  if (incident.aborted !== undefined && goal !== 'restore') return rest('aborted', incident.aborted);
  for (const attempt of incident.attempts.toReversed()) {
    const open = carryOn(attempt, goal, run);
    if (open !== undefined) return open;
  }
  return goal === 'restore' ? (throughTheGate(incident, goal, run) ?? { kind: 'close' }) : towards(incident, goal, run);
}

function whatWasUndone({ attempts }: Incident): string {
  const overtaken = attempts.flatMap(({ undone }) =>
    undone.flatMap(({ result }) => (result?.state === 'overtaken' ? [result.detail] : [])),
  );
  const left = overtaken.length === 0 ? '' : ` Left alone, because somebody else changed it meanwhile: ${overtaken.join('; ')}.`;
  return attempts.some(({ undoAsked }) => undoAsked !== undefined)
    ? `What was asked to be undone is put back.${left}`
    : 'Nothing was asked to be undone.';
}

/** An end that nobody looked at, or that holds only as long as something of ours does, is none. */
function settle(incident: Incident): Step {
  const firing = firingAlerts(incident);
  if (incident.cause === undefined) return rest('unsettled', 'Nobody was paged, so that no page can tell that it is over.');
  if (firing.length > 0) return rest('unsettled', `It is not over: ${firing.join(', ')}.`);
  if (incident.investigations.length === 0) return rest('unsettled', 'It was not looked at yet.');
  return isInOurHands(incident) ? rest('unsettled', 'What was done is in force still, or under way.') : { kind: 'close' };
}

/** From the first look to the end, as far as the goal goes. */
function towards(incident: Incident, goal: Goal, run: Run): Step {
  const last = incident.investigations.at(-1);
  if (last === undefined) return { kind: 'investigate', why: 'first' };
  const mitigations = incident.attempts.filter(({ purpose }) => purpose === 'mitigate');
  const unsure = mitigations.find((attempt) => isInForce(attempt) && attempt.judgement?.is === 'cannot-tell');
  if (unsure !== undefined) return rest('needs-human', spoken(unsure.judgement?.because, 'Whether it helped cannot be told.'));
  const confirmed = mitigations.filter(({ judgement }) => judgement?.is === 'confirmed');
  const mitigated = confirmed.findLast((attempt) => isInForce(attempt) || wentThroughTheGate(attempt));
  if (mitigated === undefined) return firstPlan(incident, run);
  if (goal === 'mitigate') return rest('mitigated', spoken(mitigated.judgement?.because, 'It is confirmed.'));
  if (last.why === 'first' || last.at < (mitigated.judgement?.at ?? 0)) return { kind: 'investigate', why: 'diagnosis' };
  return throughTheGate(incident, goal, run) ?? { kind: 'close' };
}

function spoken(because: readonly string[] | undefined, otherwise: string): string {
  return because === undefined || because.length === 0 ? otherwise : because.join('; ');
}

function firstPlan(incident: Incident, run: Run): Step {
  const { attempts, withoutPlan, investigations } = incident;
  const mitigations = attempts.filter(({ purpose }) => purpose === 'mitigate');
  const declined = mitigations.findLast((attempt) => attempt.declined?.isSuperseded === false)?.declined;
  if (declined !== undefined) return rest('needs-human', declined.because);
  const taken = mitigations.flatMap(({ undoAsked }) => undoAsked ?? []).find((asked) => asked.by !== byItself && asked.at >= run.startedAt);
  // Whoever takes a plan back while it is worked has not asked for another one; a run that is started later has.
  if (taken !== undefined) return rest('needs-human', `It was put back: ${taken.because}.`);
  const none = withoutPlan.find(({ purpose }) => purpose === 'mitigate');
  // It fires anew: that there was no plan, or nothing to do, was so before.
  if (none !== undefined && hasFiredSince(incident, investigations.at(-1)?.at ?? 0)) return { kind: 'investigate', why: 'first' };
  const unsettled = mitigations.find((attempt) => !isSettled(attempt, run));
  if (none === undefined && unsettled !== undefined)
    return { kind: 'observe', attempt: unsettled, pauseMilliseconds: settlePauseMilliseconds };
  if (none === undefined) return { kind: 'choose-plan', purpose: 'mitigate' };
  const isQuiet = investigations.at(-1)?.investigation.outcome === 'healthy';
  return rest(isQuiet ? 'nothing-to-do' : 'needs-human', none.because);
}

const settlePauseMilliseconds = 3 * millisecondsPerSecond;
/** Controllers need some seconds to bring back what was there before an undo. */
const settleAtLeastMilliseconds = 10 * millisecondsPerSecond;
/** What still moves after this will not come to rest soon. */
const settleAtMostMilliseconds = 90 * millisecondsPerSecond;

/** What was put back has come to rest: while replicas still start and leave, nobody can tell where the trouble is. */
function isSettled({ undoAsked, undone, observations }: Attempt, { now }: Run): boolean {
  const ended = undone.flatMap(({ endedAt }) => endedAt ?? []);
  if (undoAsked === undefined || ended.length === 0) return true;
  const since = Math.max(...ended);
  if (now - since >= settleAtMostMilliseconds) return true;
  const last = observations.at(-1);
  if (last === undefined || last.at - since < settleAtLeastMilliseconds || last.replicas.state !== 'seen') return false;
  return last.replicas.undecided === 0 && (last.replicas.leaving ?? 0) === 0;
}
