import { type Attempt, type Incident, incidentOf } from '../../domain/incident.ts';
import { attemptsOf, budgetWindowMilliseconds, type EarlierAttempt, judgeApproval } from '../../workflow/policy.ts';
import { type Acting, type Failed, happened, type StepOutcome } from './acting.ts';
import { firstFit, isUnchanged } from './fitting-plans.ts';
import type { Memory } from './memory.ts';

/** A human who reads takes longer than the cluster stands still: after this the plan has to prove itself again. */
const freshMilliseconds = 30_000;

/** The policy says yes, or a human does; a plan that waited has to fit the cluster as it is by then. */
export async function seekApproval(
  acting: Acting,
  { incident, attempt, memory }: { readonly incident: Incident; readonly attempt: Attempt; readonly memory: Memory },
  signal: AbortSignal,
): Promise<StepOutcome> {
  const { policy, clock, approver } = acting;
  const now = clock.now();
  const { plan, purpose } = attempt;
  const earlier = await earlierAttempts(acting);
  if ('attempted' in earlier) return earlier;
  const judged = judgeApproval({ plan, purpose, policy, now, earlier, cluster: incident.cluster, ...confidenceOf(incident) });
  if (acting.isDryRun === true) return { state: 'waiting', because: judged.state === 'ask' ? judged.because : wouldRun(judged.rule) };
  if (judged.state === 'approved' && now - attempt.chosenAt < freshMilliseconds)
    return happened({ kind: 'approved', attempt: attempt.number, approval: { by: judged.rule, how: 'policy', at: now } });
  const asked = judged.state === 'approved' ? ({ answer: 'yes', by: judged.rule } as const) : await approver.ask(attempt, signal);
  if (asked.answer === 'nobody') {
    const because = judged.state === 'ask' ? judged.because : 'Nobody could be asked.';
    return { state: 'waiting', because };
  }
  if (asked.answer === 'no')
    return happened({ kind: 'declined', attempt: attempt.number, because: `${asked.by} declined it.`, isSuperseded: false });
  if (clock.now() - attempt.chosenAt >= freshMilliseconds && !(await stillFits(acting, attempt, memory, signal)))
    return happened({
      kind: 'declined',
      attempt: attempt.number,
      because: 'The cluster changed while the plan waited, and it does not fit any more.',
      isSuperseded: true,
    });
  const how = judged.state === 'approved' ? 'policy' : 'human';
  return happened({ kind: 'approved', attempt: attempt.number, approval: { by: asked.by, how, at: clock.now() } });
}

function wouldRun(rule: string): string {
  return `The policy would let it run: ${rule}. This is a dry run.`;
}

/** Of the cause that leads, once it was asked why. */
function confidenceOf({ investigations }: Incident): { readonly confidence?: number } {
  const root = investigations.at(-1)?.investigation.hypotheses.find((each) => each.root);
  return root === undefined ? {} : { confidence: root.confidence };
}

/** A policy counts over all incidents of this store; so many within its window are more than it ever allows. */
const mostIncidents = 500;

async function earlierAttempts({ store, policy, clock }: Acting): Promise<readonly EarlierAttempt[] | Failed> {
  if (policy.rules.length === 0) return [];
  const activeSince = clock.now() - budgetWindowMilliseconds(policy);
  const listed = await store.list({ limit: mostIncidents, which: 'all', activeSince });
  if (listed.state === 'failed') return listed;
  const found: EarlierAttempt[] = [];
  for (const { id } of listed.incidents) {
    const read = await store.read(id);
    if (read.state === 'failed') return read;
    const incident = read.state === 'missing' ? undefined : incidentOf(read.events);
    if (incident !== undefined) found.push(...attemptsOf(incident));
  }
  return found;
}

async function stillFits(acting: Acting, { plan }: Attempt, memory: Memory, signal: AbortSignal): Promise<boolean> {
  const seen = await memory.lookAgain(signal);
  if ('attempted' in seen) return false;
  const same = seen.plans.filter((each) => isUnchanged(each, plan));
  return firstFit(same, seen.assessment, acting.policy).plan !== undefined;
}
