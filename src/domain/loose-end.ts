import type { Subject } from './subject.ts';

/** Something that the incident left in the cluster and that is easily forgotten. */
export interface LooseEnd {
  readonly kind: 'cordon' | 'scale-up' | 'paused-rollout' | 'relabelled-pod' | 'debug-pod' | 'rolled-back' | 'raised-limit' | 'silence';
  readonly subject: Subject;
  /** What it is, for people. */
  readonly says: string;
  /** closed: put back. carried: kept on purpose, and in the follow-up. open: could not be put back. */
  readonly state: 'closed' | 'carried' | 'open';
  /** What a human types to close it. Absent: nothing is left to do. */
  readonly command?: string;
}
