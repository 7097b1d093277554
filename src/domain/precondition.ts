import type { Claim } from './citation.ts';

/** Which question was asked before anything is changed. Each mitigation shows for each of its own where it blocks. */
export type PreconditionId =
  | 'spare-capacity'
  | 'budgets-allow'
  | 'owner-replaces'
  | 'enough-stay'
  | 'healthy-elsewhere'
  | 'not-reverted'
  | 'revision-in-history'
  | 'revision-not-shared'
  | 'autoscaler-keeps-it'
  | 'killed-at-own-limit'
  | 'node-memory-allows'
  | 'pending-template-works'
  | 'restart-heals'
  | 'starts-again'
  | 'rolls-gently'
  | 'labels-decide'
  | 'node-is-sound'
  | 'nobody-works-on-it'
  /** Asked by the policy's limits, of every mitigation's plans. */
  | 'cordons-within-limit'
  | 'namespace-not-protected'
  | 'deletion-allowed';

export interface Precondition {
  readonly id: PreconditionId;
  readonly claim: string;
  /** Only "yes" lets the plan run; "cannot-tell" blocks it and says what to look at. */
  readonly holds: 'yes' | 'no' | 'cannot-tell';
  readonly because: readonly Claim[];
}
