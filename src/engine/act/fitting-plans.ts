import { changedSubject, type ClusterChange } from '../../domain/cluster-change.ts';
import type { Attempt } from '../../domain/incident.ts';
import { isBlocked, type MitigationPlan } from '../../domain/mitigation.ts';
import type { Policy } from '../../domain/policy.ts';
import { isSame } from '../../domain/prepared-change.ts';
import { subjectKey } from '../../domain/subject.ts';
import type { Assessment } from '../../reasoning/assess.ts';
import { withLimits } from '../../workflow/policy-limits.ts';
import { isInForce } from '../../workflow/repair-gate.ts';
import type { Entries } from './ledger.ts';

export interface Fitting {
  /** The best plan that nothing blocks. Undefined: there is none. */
  readonly plan: MitigationPlan | undefined;
  /** Every plan that was passed over, and why. */
  readonly passedOver: readonly string[];
}

/** What limits are judged by, beside the cluster itself. */
export interface Limiting {
  readonly policy: Policy;
  readonly entries: Pick<Entries, 'cordoning'>;
}

/** The policy's limits block like any other precondition, on every surface. */
export function firstFit(plans: readonly MitigationPlan[], { facts, snapshot }: Assessment, { policy, entries }: Limiting): Fitting {
  const world = { nodes: facts.get('nodes')?.all, cordoning: entries.cordoning(snapshot.takenAt) };
  const limited = plans.map((plan) => withLimits(plan, policy, world));
  const plan = limited.find((each) => !isBlocked(each));
  const before = plan === undefined ? limited : limited.slice(0, limited.indexOf(plan));
  return { plan, passedOver: before.map(whyBlocked) };
}

function whyBlocked({ id, preconditions }: MitigationPlan): string {
  const open = preconditions.filter(({ holds }) => holds !== 'yes');
  return `${id} is blocked: ${open.map(({ claim, holds }) => `${claim}: ${holds === 'no' ? 'no' : 'cannot tell'}`).join('; ')}.`;
}

/** The same answer to the same trouble: it is not tried twice. */
export function isSamePlan(one: MitigationPlan, other: MitigationPlan): boolean {
  return one.id === other.id && subjectKey(one.subject) === subjectKey(other.subject);
}

/**
 * True: it would do what putting back an attempt in force does, such as opening a node that was cordoned for the time
 * being. Only the gate does that, when everything is proven.
 */
export function passesTheGate({ changes }: MitigationPlan, attempts: readonly Attempt[]): boolean {
  const held = attempts.filter((attempt) => isInForce(attempt) && attempt.plan.undoWhen !== undefined).flatMap(({ plan }) => plan.undo);
  return changes.some((change) => held.some((each) => isSameDeed(each, change)));
}

function isSameDeed(one: ClusterChange, other: ClusterChange): boolean {
  return one.kind === other.kind && subjectKey(changedSubject(one)) === subjectKey(changedSubject(other));
}

/** Nothing about it changed since it was shown: the same changes to the same objects. */
export function isUnchanged(one: MitigationPlan, other: MitigationPlan): boolean {
  return isSamePlan(one, other) && isSame(one.changes, other.changes);
}
