import type { Credential } from './credential.ts';
import type { Destination } from './destination.ts';
import type { Instant } from './instant.ts';
import type { Investigation } from './investigation.ts';
import type { MitigationPlan } from './mitigation.ts';
import type { Observation } from './observation.ts';
import type { Approval } from './permit.ts';
import type { JsonValue, PreparedChange } from './prepared-change.ts';
import type { ChangeResult } from './change-result.ts';
import type { LooseEnd } from './loose-end.ts';
import type { Proof } from './proof.ts';
import type { Subject } from './subject.ts';

/** mitigate: stops the bleeding, and is put back later. repair: removes the cause, and stays. */
export type Purpose = 'mitigate' | 'repair';

export type Direction = 'do' | 'undo';

/** What a pod wrote, and what could not be read before the pod goes. */
export interface UnsavedEvidence {
  readonly pod: Subject;
  /** Why, in the words of whoever refused it. */
  readonly because: string;
  /** True: it fails, nothing of what its like wrote is kept either, and somebody else could still read it. */
  readonly isOnlyTrace: boolean;
}

/** Stands as who did it where no person decided. */
export const byItself = 'stanch';

/** How a mitigation went: see `judgeProgress`. */
export type Judgement = 'confirmed' | 'worse' | 'no-better' | 'cannot-tell';

/**
 * Something that happened in an incident. The store keeps these in order and never changes one; an incident is what
 * folding them gives. Plain data.
 */
export type IncidentEvent = {
  readonly at: Instant;
  /** Who did it: a person ("ada@laptop"), "stanch" by itself, or a policy's rule. */
  readonly by: string;
} & IncidentHappening;

export type IncidentHappening =
  | {
      readonly kind: 'opened';
      /** Absent: nobody was paged. */
      readonly alert?: { readonly name: string; readonly summary: string; readonly startedAt?: Instant };
      /** Name of the cluster, as the kubeconfig has it. */
      readonly cluster: string;
      /** Of its namespace kube-system: tells it from another of the same name. Absent: it could not be read. */
      readonly clusterUid?: string;
      /** Where to look, as the surface that opened it needs it to look again. */
      readonly source: JsonValue;
      /** The page that a server opened it for. `page`: id of an AcceptedPage. `series`: see `seriesOf`. Absent: somebody opened it on a command line. */
      readonly cause?: { readonly page: string; readonly fingerprint: string; readonly series: string };
    }
  | { readonly kind: 'investigated'; readonly why: 'first' | 'diagnosis'; readonly investigation: Investigation }
  /** What the changes would destroy is kept in this recording, as far as it could be read. */
  | {
      readonly kind: 'evidence-saved';
      readonly attempt: number;
      readonly path: string;
      /** Absent: all of it is kept. */
      readonly unsaved?: readonly UnsavedEvidence[];
    }
  | {
      readonly kind: 'plan-chosen';
      /** Counted from 1 within the incident. */
      readonly attempt: number;
      readonly purpose: Purpose;
      readonly plan: MitigationPlan;
      /** One for each change of the plan, in its order: with them the undo is known, and stored. */
      readonly prepared: readonly PreparedChange[];
      /** How things were before anything was touched. */
      readonly baseline: Observation;
      /** What failing replicas could not reach, to be tried again at the gate. Absent: nobody complained of a connection. */
      readonly destinations?: readonly Destination[];
    }
  /** A plan that cannot be carried out: blocked, or the server's dry run refused it. It is not offered again. */
  | { readonly kind: 'plan-unfit'; readonly plan: MitigationPlan; readonly because: string }
  /** No plan is left, or none was found: a human has to think of something. */
  | { readonly kind: 'no-plan'; readonly purpose: Purpose; readonly because: string }
  | { readonly kind: 'approved'; readonly attempt: number; readonly approval: Approval }
  | {
      readonly kind: 'declined';
      readonly attempt: number;
      readonly because: string;
      /** True: nobody said no, but the cluster changed while the plan waited; another one may be chosen. */
      readonly isSuperseded: boolean;
    }
  | { readonly kind: 'change-begun'; readonly attempt: number; readonly index: number; readonly direction: Direction }
  | {
      readonly kind: 'change-ended';
      readonly attempt: number;
      readonly index: number;
      readonly direction: Direction;
      readonly result: ChangeResult;
    }
  | { readonly kind: 'observed'; readonly attempt: number; readonly observation: Observation }
  | { readonly kind: 'judged'; readonly attempt: number; readonly judgement: Judgement; readonly because: readonly string[] }
  /** A human answered, from another process than the one that works the incident. */
  | {
      readonly kind: 'answered';
      readonly attempt: number;
      readonly answer: 'yes' | 'no';
      /** In the human's words. Absent: said nothing. */
      readonly because?: string;
      /** With what they were let in. Absent: it was answered to a version that did not keep it. */
      readonly credential?: Credential;
    }
  /** From here on the attempt is put back. */
  | { readonly kind: 'undo-asked'; readonly attempt: number; readonly because: string }
  | { readonly kind: 'gate-checked'; readonly attempt: number; readonly proofs: readonly Proof[] }
  /** Another page of the same cause, or news of the first one. `page`: id of an AcceptedPage. `series`: see `seriesOf`. */
  | {
      readonly kind: 'paged';
      readonly page: string;
      readonly alert: { readonly name: string; readonly summary: string };
      readonly state: 'firing' | 'resolved';
      readonly series: string;
    }
  /** A human has seen it. */
  | { readonly kind: 'acknowledged' }
  /** What people wrote for the notes, whole; the latest holds. Markdown. */
  | { readonly kind: 'notes-written'; readonly text: string }
  /** Somebody outside was told. `key`: of the Delivery. `what`: in a few words. */
  | { readonly kind: 'delivered'; readonly key: string; readonly target: string; readonly what: string; readonly link?: string }
  /** It is the same trouble as another incident, where it is worked on. */
  | { readonly kind: 'joined'; readonly incident: string; readonly because: string }
  /** Nothing more is done by itself. What was done stays until somebody undoes it. */
  | { readonly kind: 'aborted'; readonly because: string }
  | { readonly kind: 'closed'; readonly looseEnds: readonly LooseEnd[]; readonly followUps: Investigation['followUps'] };
