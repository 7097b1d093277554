import type { Incident } from '../../domain/incident.ts';
import type { Attempt } from '../../domain/incident.ts';
import { judgeApproval } from '../../workflow/policy.ts';
import { type Acting, happened, type StepOutcome } from './acting.ts';
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
  const earlier = await earlierAttempts(acting, incident);
  if ('attempted' in earlier) return earlier;
  const judged = judgeApproval({ plan, purpose, policy, now, earlier, cluster: incident.cluster });
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

async function stillFits(acting: Acting, { plan }: Attempt, memory: Memory, signal: AbortSignal): Promise<boolean> {
  const seen = await memory.lookAgain(signal);
  if ('attempted' in seen) return false;
  const same = seen.plans.filter((each) => isUnchanged(each, plan));
  return firstFit(same, seen.assessment, acting.policy).plan !== undefined;
}
