import type { Purpose } from '../../domain/incident-event.ts';
import type { ClusterChange } from '../../domain/cluster-change.ts';
import type { MitigationPlan } from '../../domain/mitigation.ts';
import type { PreparedChange } from '../../domain/prepared-change.ts';
import type { ChangeOutcome, Preparation } from '../../ports/actuator.ts';
import { destinationsThatFailed } from '../../reasoning/connections-to-prove.ts';
import { observe } from '../../reasoning/observe.ts';
import type { Incident } from '../../domain/incident.ts';
import { type Acting, type Failed, happened, type StepOutcome } from './acting.ts';
import { firstFit, type Fitting, isSamePlan, type Limiting, passesTheGate } from './fitting-plans.ts';
import type { Ledger } from './ledger.ts';
import type { Memory, Seen } from './memory.ts';
import { targetOf } from './watch.ts';

/** Takes the best plan that nothing blocks, works it out against the objects as they are, and lets the server rehearse it. */
export async function choosePlan(
  acting: Acting,
  { incident, purpose, memory, ledger }: Choosing,
  signal: AbortSignal,
): Promise<StepOutcome> {
  const seen = await memory.freshFor(purpose, signal);
  if ('attempted' in seen) return seen;
  const entries = await ledger.read(incident);
  if ('attempted' in entries) return entries;
  const limiting = { policy: acting.policy, entries };
  const { plan, passedOver } = await choose({ incident, purpose, memory, ledger, seen, limiting }, signal);
  if (plan === undefined) return happened({ kind: 'no-plan', purpose, because: whyNone(passedOver) });
  const worked = await workOut(acting, plan, signal);
  if (worked.state === 'failed') return worked;
  if (worked.state === 'unfit') return happened({ kind: 'plan-unfit', plan, because: worked.because });
  return happened({
    kind: 'plan-chosen',
    attempt: incident.attempts.length + 1,
    purpose,
    plan,
    prepared: worked.prepared,
    baseline: observe(seen.assessment, targetOf(incident)),
    destinations: destinationsThatFailed(seen.look.assessment),
  });
}

export interface Choosing {
  readonly incident: Incident;
  readonly purpose: Purpose;
  readonly memory: Memory;
  readonly ledger: Ledger;
}

interface Choice extends Choosing {
  readonly seen: Seen;
  readonly limiting: Limiting;
}

/** Where no plan of the blast radius is left, the diagnosis may bring one. */
async function choose({ incident, purpose, memory, seen, limiting }: Choice, signal: AbortSignal): Promise<Fitting> {
  const fit = (each: Seen): Fitting => firstFit(candidates(each.plans, incident, purpose), each.assessment, limiting);
  const first = fit(seen);
  if (first.plan !== undefined || seen.isDiagnosed) return first;
  const deeper = await memory.diagnose(signal);
  return 'attempted' in deeper ? first : fit(deeper);
}

/** A repair stays; what is only there for the time being repairs nothing. */
function candidates(plans: readonly MitigationPlan[], { attempts, unfit }: Incident, purpose: Purpose): readonly MitigationPlan[] {
  // Nobody said no to what was only outrun: worked out anew it may be the best still, and what comes after it would be worse.
  const tried = [...attempts.filter(({ declined }) => declined?.isSuperseded !== true), ...unfit].map(({ plan }) => plan);
  return plans
    .filter((plan) => purpose === 'mitigate' || plan.undoWhen === undefined)
    .filter((plan) => !passesTheGate(plan, attempts) && !tried.some((each) => isSamePlan(each, plan)));
}

function whyNone(passedOver: readonly string[]): string {
  return passedOver.length === 0 ? 'No plan fits where the trouble is.' : passedOver.join(' ');
}

type WorkedOut =
  | { readonly state: 'prepared'; readonly prepared: readonly PreparedChange[] }
  | { readonly state: 'unfit'; readonly because: string }
  | Failed;

async function workOut(acting: Acting, plan: MitigationPlan, signal: AbortSignal): Promise<WorkedOut> {
  const { actuator, follower } = acting;
  const prepared: PreparedChange[] = [];
  const outcomes: ChangeOutcome[] = [];
  for (const change of plan.changes) {
    const preparation = await prepareOne(acting, change, signal);
    // The plan is no worse because nobody answered; passing over it would bring up one that is.
    if (preparation.state === 'unreadable' && !preparation.isForGood) return unprepared(plan, preparation.because);
    if (preparation.state !== 'prepared') return { state: 'unfit', because: preparation.because };
    const outcome = await actuator.rehearse(preparation.prepared, signal);
    if (outcome.state === 'refused' || outcome.state === 'overtaken') return { state: 'unfit', because: outcome.detail };
    if (outcome.state === 'unknown')
      return {
        state: 'failed',
        attempted: `rehearsing ${plan.id}`,
        happened: outcome.detail,
        whatToDo: 'Nothing was changed. Run it again',
      };
    prepared.push(preparation.prepared);
    outcomes.push(outcome);
  }
  follower.rehearsed(plan, outcomes);
  return { state: 'prepared', prepared };
}

/** An API server that is restarted is back within this time. */
const mostPreparations = 20;
const prepareAgainMilliseconds = 3000;

async function prepareOne({ actuator, clock, pause }: Acting, change: ClusterChange, signal: AbortSignal): Promise<Preparation> {
  for (let count = 1; ; count += 1) {
    const preparation = await actuator.prepare(change, clock.now(), signal);
    const isWorthAnother = preparation.state === 'unreadable' && !preparation.isForGood && count < mostPreparations && !signal.aborted;
    if (!isWorthAnother) return preparation;
    await pause(prepareAgainMilliseconds, signal);
  }
}

function unprepared({ id }: MitigationPlan, happened: string): Failed {
  return { state: 'failed', attempted: `working out ${id}`, happened, whatToDo: 'Nothing was changed. Run it again' };
}
