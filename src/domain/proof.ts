import type { Claim } from './citation.ts';

/** One condition of the repair gate. Only "yes" for all of them opens it. */
export interface Proof {
  readonly id: string;
  readonly claim: string;
  readonly holds: 'yes' | 'no' | 'cannot-tell';
  readonly because: readonly Claim[];
  /** What would tell. Only with "cannot-tell". */
  readonly wouldSettle?: string;
}
