import { changedSubject } from '../domain/cluster-change.ts';
import type { Incident } from '../domain/incident.ts';
import type { Purpose, UnsavedEvidence } from '../domain/incident-event.ts';
import { type Instant, millisecondsPerMinute, spokenDuration } from '../domain/instant.ts';
import { isBlocked, type MitigationPlan } from '../domain/mitigation.ts';
import { matchesPattern, type NamePatterns, type Policy, type PolicyRule } from '../domain/policy.ts';
import { isWithinHours, localTime, spokenHours, spokenLocalTime } from '../domain/policy-hours.ts';
import { spokenSubject } from '../domain/subject.ts';

/** A plan that was approved before, by whomever. */
export interface EarlierAttempt {
  readonly at: Instant;
  readonly cluster: string;
  readonly purpose: Purpose;
  readonly plan: MitigationPlan;
}

export interface Proposal {
  readonly plan: MitigationPlan;
  readonly purpose: Purpose;
  readonly policy: Policy;
  readonly now: Instant;
  /** Of all incidents, this one too. Those from before `budgetWindowMilliseconds` need not be there. */
  readonly earlier: readonly EarlierAttempt[];
  /** Name of the cluster. Empty: not known, and no rule that names clusters fits. */
  readonly cluster: string;
  /** What the plan would destroy and what could not be saved. Empty: nothing, as far as is known. */
  readonly unsaved: readonly UnsavedEvidence[];
}

export type ApprovalJudgement =
  /** The rule's name. */
  | { readonly state: 'approved'; readonly rule: string }
  /** A human decides. */
  | { readonly state: 'ask'; readonly because: string };

/** Whether the plan may run without a human: where one rule allows all of it. Anything that is not known is no. */
export function judgeApproval(proposal: Proposal): ApprovalJudgement {
  const { plan, policy } = proposal;
  if (isBlocked(plan)) return { state: 'ask', because: `${plan.id} is blocked: not every precondition is known to hold.` };
  if (policy.rules.length === 0) return { state: 'ask', because: 'No policy lets anything run unattended.' };
  const refusals: string[] = [];
  for (const rule of policy.rules) {
    const because = reasonAgainst(rule, proposal);
    if (because === undefined) return { state: 'approved', rule: rule.name };
    refusals.push(`${rule.name}: ${because}`);
  }
  return { state: 'ask', because: `No rule of the policy lets ${plan.id} run unattended. ${refusals.map((each) => `${each}.`).join(' ')}` };
}

/** What an incident adds to the count. */
export function attemptsOf({ attempts, cluster }: Pick<Incident, 'attempts' | 'cluster'>): readonly EarlierAttempt[] {
  return attempts.flatMap(({ approval, purpose, plan }) => (approval === undefined ? [] : [{ at: approval.at, cluster, purpose, plan }]));
}

/** How far back attempts count. */
export function budgetWindowMilliseconds({ rules }: Policy): number {
  return Math.max(0, ...rules.map(({ attempts }) => attempts.withinMinutes)) * millisecondsPerMinute;
}

/** Undefined: the rule allows it. */
function reasonAgainst(rule: PolicyRule, proposal: Proposal): string | undefined {
  const { hours, attempts } = rule;
  const { purpose, plan, now, earlier } = proposal;
  const outside = whyOutside(rule, proposal);
  if (outside !== undefined) return outside;
  if (hours !== undefined && !isWithinHours(hours, now))
    return `it is ${spokenLocalTime(localTime(now, hours.timeZone))} there, and the rule holds ${spokenHours(hours)}`;
  const unsure = purpose === 'repair' ? whyUnsure(rule, plan) : undefined;
  if (unsure !== undefined) return unsure;
  const lost = rule.isWithoutEvidence === true ? [] : proposal.unsaved.filter(({ isOnlyTrace }) => isOnlyTrace);
  if (lost.length > 0) return `it would destroy what could not be saved: ${spokenLoss(lost)}`;
  const windowMilliseconds = attempts.withinMinutes * millisecondsPerMinute;
  const counted = earlier.filter((each) => now - each.at < windowMilliseconds && whyOutside(rule, each) === undefined).length;
  return counted < attempts.most
    ? undefined
    : `it was done ${counted} ${counted === 1 ? 'time' : 'times'} within ${spokenDuration(windowMilliseconds)}, and the rule allows ${attempts.most}`;
}

/** In a sentence without its end. */
export function spokenLoss(unsaved: readonly UnsavedEvidence[]): string {
  const reasons = [...new Set(unsaved.map(({ because }) => because.replace(/\.$/, '')))];
  return `the logs of ${unsaved.map(({ pod }) => spokenSubject(pod)).join(', ')} (${reasons.join('; ')})`;
}

/** How sure the diagnosis is of another cause says nothing about this repair. Undefined: it is sure enough of the one that it takes away. */
function whyUnsure({ repairConfidence }: PolicyRule, { cause }: MitigationPlan): string | undefined {
  if (cause === undefined) return 'a repair needs a cause that was diagnosed, and this one is chosen from where the trouble is';
  if (repairConfidence !== undefined && cause.confidence >= repairConfidence) return undefined;
  const of = `${cause.failureMode} of ${spokenSubject(cause.subject)}`;
  return `the confidence in ${of} is ${cause.confidence}, and a repair needs ${repairConfidence ?? 'a bound that the rule does not name'}`;
}

/** Undefined: the plan is of the kind, and in the place, that the rule is about. */
function whyOutside(
  rule: PolicyRule,
  { plan, purpose, cluster }: Pick<EarlierAttempt, 'plan' | 'purpose' | 'cluster'>,
): string | undefined {
  const { mitigations, purposes, clusters } = rule;
  if (mitigations !== 'any' && !mitigations.includes(plan.id)) return `it is about ${mitigations.join(', ')}`;
  if (!purposes.includes(purpose)) return `it is there to ${purposes.join(' and ')}, not to ${purpose}`;
  if (clusters !== 'any' && (cluster === '' || !isNamed(cluster, clusters)))
    return cluster === '' ? 'it names clusters, and which one this is is not known' : `it does not hold in the cluster ${cluster}`;
  const { namespaces, nodes } = placesOf(plan);
  const otherNamespace = namespaces.find((name) =>
    rule.namespaces === 'any' ? isReserved(name) : !isNamedOnPurpose(name, rule.namespaces),
  );
  if (otherNamespace !== undefined)
    return `it does not hold in the namespace ${otherNamespace}${isReserved(otherNamespace) ? ', which has to be named' : ''}`;
  const { nodes: allowed } = rule;
  const otherNode = allowed === 'any' ? undefined : nodes.find((name) => !isNamed(name, allowed));
  return otherNode === undefined ? undefined : `it does not hold for the node ${otherNode}`;
}

/** Everything that the plan touches, its undo included. */
function placesOf({ subject, changes, undo }: MitigationPlan): {
  readonly namespaces: readonly string[];
  readonly nodes: readonly string[];
} {
  const touched = [subject, ...[...changes, ...undo].map(changedSubject)];
  return {
    namespaces: [...new Set(touched.flatMap(({ namespace }) => namespace ?? []))],
    nodes: [...new Set(touched.flatMap(({ kind, name }) => (kind === 'Node' ? [name] : [])))],
  };
}

function isNamed(name: string, patterns: NamePatterns): boolean {
  return patterns.some((pattern) => matchesPattern(name, pattern));
}

/** Kubernetes keeps names that begin like this for its own namespaces; the cluster itself stands on what runs there. */
const reservedStart = 'kube-';

function isReserved(namespace: string): boolean {
  return namespace.startsWith(reservedStart);
}

/** "*" is not meant for what the cluster stands on. */
function isNamedOnPurpose(namespace: string, patterns: NamePatterns): boolean {
  return patterns.some((pattern) => matchesPattern(namespace, pattern) && (!isReserved(namespace) || pattern.startsWith(reservedStart)));
}
