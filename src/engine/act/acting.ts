import type { Snapshot } from '../../domain/evidence.ts';
import type { IncidentEvent, IncidentHappening } from '../../domain/incident-event.ts';
import type { MitigationPlan } from '../../domain/mitigation.ts';
import type { Policy } from '../../domain/policy.ts';
import type { Pod } from '../../domain/kubernetes/pod.ts';
import type { Actuator, ChangeOutcome } from '../../ports/actuator.ts';
import type { Clock } from '../../ports/clock.ts';
import type { IncidentStore } from '../../ports/incident-store.ts';
import type { Attempt, Incident } from '../../domain/incident.ts';
import type { Patience } from '../../workflow/judge-progress.ts';
import type { Goal } from '../../workflow/step.ts';
import type { InvestigationInput } from '../investigate.ts';

/** Everything that working an incident needs from outside. */
export interface Acting {
  readonly investigation: InvestigationInput;
  readonly actuator: Actuator;
  readonly store: IncidentStore;
  /** The right to work this incident, asked for again before each change. Undefined: this process still has it. */
  readonly lease: { readonly renew: () => Promise<Failed | undefined> };
  readonly evidence: EvidenceKeeper;
  readonly approver: Approver;
  readonly follower: Follower;
  readonly policy: Policy;
  readonly goal: Goal;
  /** True: plans are worked out and rehearsed, and whatever a policy or a human would say, none is approved. Absent: no. */
  readonly isDryRun?: boolean;
  /** True: while a plan waits for somebody, or there is none, it is asked why already. Absent: whoever sits there wants to be asked first. */
  readonly diagnosesWhileWaiting?: boolean;
  readonly patience: Patience;
  /** Who works the incident, for the record: "ada@laptop". */
  readonly by: string;
  /** IANA name, for reminders. */
  readonly timeZone: string;
  /** For waiting and for the record: never goes back. */
  readonly clock: Clock;
  /** Ends early where the signal says so. */
  readonly pause: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** Deletes what looking took, such as debug pods. They come again when they are needed. */
  readonly tidy: () => Promise<void>;
  /** Debug pods of Stanch that are still in the cluster. Undefined: they could not be listed. */
  readonly debugPods: (signal: AbortSignal) => Promise<readonly Pod[] | undefined>;
}

/** Keeps what a plan is about to destroy. */
export interface EvidenceKeeper {
  /** From here on what is read is put aside, in full, for this attempt. What was put aside before and not kept is dropped. */
  readonly begin: (of: { readonly incident: string; readonly attempt: number }) => Promise<Failed | undefined>;
  readonly isBegun: () => boolean;
  /** Writes what was put aside since `begin`, redacted, as a recording. */
  readonly keep: (snapshot: Snapshot) => Promise<Kept | Failed>;
}

export interface Kept {
  readonly state: 'kept';
  readonly path: string;
}

/** Lets a plan run, or not. */
export interface Approver {
  /** nobody: there is nobody to ask; the plan waits. */
  readonly ask: (
    attempt: Attempt,
    signal: AbortSignal,
  ) => Promise<{ readonly answer: 'yes' | 'no'; readonly by: string } | { readonly answer: 'nobody' }>;
  /**
   * Asked as late as can be, before the first change: why whoever said yes may not say so any more, in one sentence. Undefined:
   * they may. Absent: whoever agrees sits there, with their own rights in the cluster.
   */
  readonly whyNoLonger?: (attempt: Attempt) => Promise<string | undefined | Failed>;
}

/** Hears what happens while it happens. Called synchronously; must not throw. */
export interface Follower {
  readonly happened: (event: IncidentEvent, incident: Incident) => void;
  /** The server's dry run of a plan that is about to be offered. */
  readonly rehearsed: (plan: MitigationPlan, outcomes: readonly ChangeOutcome[]) => void;
}

export interface Failed {
  readonly state: 'failed';
  readonly attempted: string;
  readonly happened: string;
  readonly whatToDo: string;
}

/** What came of one step: something to record, or a reason to stop. */
export type StepOutcome =
  | { readonly state: 'happened'; readonly happenings: readonly IncidentHappening[] }
  | { readonly state: 'waiting'; readonly because: string }
  | Failed;

export function happened(...happenings: readonly IncidentHappening[]): StepOutcome {
  return { state: 'happened', happenings };
}
