import { type Attempt, type Incident, needsConsentToLoss } from '../../domain/incident.ts';
import type { Instant } from '../../domain/instant.ts';
import type { Approval } from '../../domain/permit.ts';
import { type ApprovalJudgement, judgeApproval, spokenLoss } from '../../workflow/policy.ts';
import { type Acting, type Failed, happened, type StepOutcome } from './acting.ts';
import { firstFit, isUnchanged } from './fitting-plans.ts';
import type { Journal } from './journal.ts';
import type { Entries, Ledger } from './ledger.ts';
import type { Memory } from './memory.ts';
import { whatWithdraws } from './withdrawn.ts';

/** A human who reads takes longer than the cluster stands still: after this the plan has to prove itself again. */
const freshMilliseconds = 30_000;
/** Each of the others' events takes milliseconds to write and comes seconds after the last: nobody loses so often. */
const mostTries = 50;

interface Seeking {
  readonly journal: Journal;
  readonly attempt: Attempt;
  readonly memory: Memory;
  readonly ledger: Ledger;
}

/**
 * The policy says yes, or a human does; a plan that waited has to fit the cluster as it is by then. An approval is stored only
 * where nothing was stored in any incident since its limits and budgets were judged: of two at once, the second is judged again.
 */
export async function seekApproval(acting: Acting, seeking: Seeking, signal: AbortSignal): Promise<StepOutcome> {
  const { journal, attempt, ledger } = seeking;
  let agreed: string | undefined;
  for (let count = 0; count < mostTries; count += 1) {
    const entries = await ledger.read(journal.incident);
    if ('attempted' in entries) return entries;
    const judged = judge(acting, { incident: journal.incident, attempt, entries });
    if (acting.isDryRun === true) return { state: 'waiting', because: judged.state === 'ask' ? judged.because : wouldRun(judged.rule) };
    if (judged.state === 'ask' && agreed === undefined) {
      const asked = await acting.approver.ask(attempt, signal);
      if (asked.answer === 'nobody') return { state: 'waiting', because: whyWaiting(judged.because, attempt) };
      if (asked.answer === 'no') return declined(attempt, `${asked.by} declined it.`, false);
      agreed = asked.by;
      // Others went on while a human read.
      continue;
    }
    const fits = await stillFits(acting, { ...seeking, entries }, signal);
    if ('attempted' in fits) return fits;
    if (signal.aborted) return happened();
    if (fits.whyNot !== undefined) return declined(attempt, fits.whyNot, true);
    const withdrawn = agreed === undefined ? undefined : await whatWithdraws(acting, attempt);
    if (withdrawn !== undefined) return 'attempted' in withdrawn ? withdrawn : happened(withdrawn);
    const approval = approvalBy(agreed, judged, { attempt, at: acting.clock.now() });
    const happening = { kind: 'approved', attempt: attempt.number, approval } as const;
    const recorded = await journal.recordAsOf(entries.revision, happening, approval.by);
    if (recorded.state === 'failed') return recorded;
    if (recorded.state !== 'outdated') return happened();
  }
  return {
    state: 'failed',
    attempted: `storing the approval of ${attempt.plan.id}`,
    happened: 'other incidents are written to all the time, so that its limits could not be judged',
    whatToDo: 'Nothing was changed. Run it again',
  };
}

function judge(
  { policy, clock }: Acting,
  { incident, attempt, entries }: { readonly incident: Incident; readonly attempt: Attempt; readonly entries: Entries },
): ApprovalJudgement {
  const { plan, purpose, unsaved } = attempt;
  return judgeApproval({ plan, purpose, policy, now: clock.now(), earlier: entries.approved, cluster: incident.cluster, unsaved });
}

function whyWaiting(because: string, attempt: Attempt): string {
  if (!needsConsentToLoss(attempt)) return because;
  const loss = spokenLoss(attempt.unsaved.filter(({ isOnlyTrace }) => isOnlyTrace));
  return `${because} What it destroys could not be saved: ${loss}. Whoever knows that can agree to it: at a terminal, or with --without-evidence.`;
}

/** Whoever agrees after it was tried to save the evidence has been told what could not be saved. */
function approvalBy(
  agreed: string | undefined,
  judged: ApprovalJudgement,
  { attempt, at }: { readonly attempt: Attempt; readonly at: Instant },
): Approval {
  const knowing = attempt.unsaved.length === 0 ? {} : ({ isWithoutEvidence: true } as const);
  if (agreed !== undefined) return { by: agreed, how: 'human', at, ...knowing };
  if (judged.state === 'ask') throw new Error('Nobody has agreed.');
  return { by: judged.rule, how: 'policy', at, ...knowing };
}

function declined({ number }: Attempt, because: string, isSuperseded: boolean): StepOutcome {
  return happened({ kind: 'declined', attempt: number, because, isSuperseded });
}

function wouldRun(rule: string): string {
  return `The policy would let it run: ${rule}. This is a dry run.`;
}

interface Fits {
  /** Undefined: it fits. */
  readonly whyNot: string | undefined;
}

/** One that waited is worked out anew; of one that did not, the limits may have been reached by somebody else. */
async function stillFits(
  { policy, clock }: Acting,
  { attempt, memory, entries }: Seeking & { readonly entries: Entries },
  signal: AbortSignal,
): Promise<Fits | Failed> {
  const { plan, purpose, chosenAt } = attempt;
  const seen = await memory.freshFor(purpose, signal);
  if ('attempted' in seen) return seen;
  const hasWaited = clock.now() - chosenAt >= freshMilliseconds;
  const same = hasWaited ? seen.plans.filter((each) => isUnchanged(each, plan)) : [plan];
  const { plan: fitting, passedOver } = firstFit(same, seen.assessment, { policy, entries });
  if (fitting !== undefined) return { whyNot: undefined };
  return { whyNot: ['The cluster changed while the plan waited, and it does not fit any more.', ...passedOver].join(' ') };
}
