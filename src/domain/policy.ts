import type { Purpose } from './incident-event.ts';

/** The first line of a policy file. Names are fixed; what may be said in it may grow. */
export const policySchema = 'stanch.dev/policy/v1';

/** What Stanch may do without asking a human, and what it may not do at all. */
export interface Policy {
  /** A plan runs unattended where one of them allows it. Empty: every plan needs a human. */
  readonly rules: readonly PolicyRule[];
  /** Hold for every plan, also for one that a human approves. */
  readonly limits: PolicyLimits;
  readonly probing: PolicyProbing;
}

export interface PolicyRule {
  /** Unique in the policy. Stands in the record as who approved. */
  readonly name: string;
  /** Ids of mitigations. */
  readonly mitigations: readonly string[] | 'any';
  readonly purposes: readonly [Purpose, ...Purpose[]];
  /** Every namespace that the plan touches has to be among them. "any": all but those that Kubernetes keeps for itself. */
  readonly namespaces: NamePatterns | 'any';
  /** Every node that the plan names has to be among them. */
  readonly nodes: NamePatterns | 'any';
  /** Names of clusters as the incident has them: as the kubeconfig names its clusters. */
  readonly clusters: NamePatterns | 'any';
  /** How often within how long, counted over all incidents; what humans approved counts too. */
  readonly attempts: { readonly most: number; readonly withinMinutes: number };
  /** Absent: at any time. */
  readonly hours?: PolicyHours;
  /** How sure the diagnosis has to be before a repair, from 0 to 1. Always there where the purposes hold "repair". */
  readonly repairConfidence?: number;
  /** True: it may destroy what failing pods wrote although that could not be saved, because it is kept elsewhere as well. Absent: a human is asked. */
  readonly isWithoutEvidence?: true;
}

/** Names; a "*" stands for any characters. */
export type NamePatterns = readonly [string, ...string[]];

/** Hours of the clock on the wall of a place, whatever its summer time does. */
export interface PolicyHours {
  /** Days on which the hours begin. */
  readonly days: readonly [Weekday, ...Weekday[]];
  /** Minutes after midnight, 0 to 1439. */
  readonly fromMinute: number;
  /** Minutes after midnight, 1 to 1440; the first minute that is outside. Not after `fromMinute`: on the next day. */
  readonly untilMinute: number;
  /** IANA name, for example "Europe/Berlin". */
  readonly timeZone: string;
}

export const weekdays = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const;
export type Weekday = (typeof weekdays)[number];

export interface PolicyLimits {
  /** So many nodes may be cordoned at once, whoever cordoned them. */
  readonly mostCordonedNodes: number;
  /** Nothing in them is ever changed. Empty: none is protected. */
  readonly protectedNamespaces: readonly string[];
  /** Deleting a pod passes over its disruption budget. */
  readonly deletion: 'never' | 'where-eviction-cannot-serve';
}

/** What may be started inside the cluster in order to look. */
export interface PolicyProbing {
  readonly nodeAccess: 'none' | 'ssh' | 'debug-pod';
  readonly canExec: boolean;
}

/** Where nobody wrote a policy: nothing runs unattended, one node at a time, and no budget is passed over. */
export const usualPolicy: Policy = {
  rules: [],
  limits: { mostCordonedNodes: 1, protectedNamespaces: [], deletion: 'never' },
  probing: { nodeAccess: 'none', canExec: false },
};

/** True: the name is the pattern, with each "*" for any characters. */
export function matchesPattern(name: string, pattern: string): boolean {
  const [start = '', ...parts] = pattern.split('*');
  const end = parts.pop();
  if (end === undefined) return name === pattern;
  if (!name.startsWith(start) || name.length < start.length + end.length || !name.endsWith(end)) return false;
  let from = start.length;
  for (const part of parts) {
    const found = name.indexOf(part, from);
    if (found < 0 || found + part.length > name.length - end.length) return false;
    from = found + part.length;
  }
  return true;
}
