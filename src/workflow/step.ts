import type { Attempt } from '../domain/incident.ts';
import type { Direction, IncidentHappening, Purpose } from '../domain/incident-event.ts';
import type { Instant } from '../domain/instant.ts';
import type { Patience } from './judge-progress.ts';

/** How far the work goes by itself. */
export type Goal =
  /** Until the mitigation is confirmed. */
  | 'mitigate'
  /** On to the cause, the repair, the gate, and until everything is put back. */
  | 'follow-through'
  /** Puts back what a proven gate allows, and closes. */
  | 'restore'
  /** Only finishes what was asked to be undone. */
  | 'undo'
  /** Closes where every alert is over and nothing of ours is in force. */
  | 'settle';

export type Step =
  | { readonly kind: 'investigate'; readonly why: 'first' | 'diagnosis' }
  | { readonly kind: 'choose-plan'; readonly purpose: Purpose }
  | { readonly kind: 'seek-approval'; readonly attempt: Attempt }
  | { readonly kind: 'save-evidence'; readonly attempt: Attempt }
  | {
      readonly kind: 'change';
      readonly attempt: Attempt;
      readonly index: number;
      readonly direction: Direction;
      readonly pauseMilliseconds: number;
    }
  /** It was begun and nobody knows how it ended: look before anything else is done. */
  | { readonly kind: 'look-up'; readonly attempt: Attempt; readonly index: number; readonly direction: Direction }
  | { readonly kind: 'observe'; readonly attempt: Attempt; readonly pauseMilliseconds: number }
  | { readonly kind: 'check-gate'; readonly attempt: Attempt; readonly pauseMilliseconds: number }
  /** A decision of the workflow itself, to be recorded. */
  | { readonly kind: 'record'; readonly happening: IncidentHappening }
  | { readonly kind: 'close' }
  /** Nothing more happens by itself. */
  | { readonly kind: 'rest'; readonly state: Resting; readonly because: string };

export type Resting =
  | 'closed'
  | 'mitigated'
  | 'nothing-to-do'
  | 'needs-human'
  | 'gate-closed'
  | 'aborted'
  | 'undone'
  /** The trouble is worked on in another incident. */
  | 'joined'
  /** It cannot be closed yet. */
  | 'unsettled';

export interface Run {
  readonly now: Instant;
  /** When this run began. What an earlier one saw at the gate is no proof any more. */
  readonly startedAt: Instant;
  readonly patience: Patience;
}

export function rest(state: Resting, because: string): Extract<Step, { readonly kind: 'rest' }> {
  return { kind: 'rest', state, because };
}

export function record(happening: IncidentHappening): Extract<Step, { readonly kind: 'record' }> {
  return { kind: 'record', happening };
}

/** A decision of the workflow: what is in force of the attempt is put back. */
export function askForUndo({ number }: Attempt, because: string): Step {
  return record({ kind: 'undo-asked', attempt: number, because });
}
