import type { ClusterChange } from './cluster-change.ts';
import type { Collection } from './collection.ts';
import type { ExampleEvidence } from './example.ts';
import type { Node } from './kubernetes/node.ts';
import type { Pod } from './kubernetes/pod.ts';
import type { MitigationPlan, Situation } from './mitigation.ts';
import type { Replicas } from './replica.ts';
import type { Subject } from './subject.ts';

/** How somebody looks at what runs. read-log: what was written is printed once. The others take a person's time, or touch the pod. */
export type Look = 'read-log' | 'follow-log' | 'run-command' | 'attach' | 'debug-pod' | 'copy-files' | 'forward-port';

/** What somebody is about to do: a change of the cluster, or something that changes nothing and can be a mistake all the same. */
export type Deed =
  | ClusterChange
  /** A cordon, and the eviction of everything on the node that a DaemonSet does not own. */
  | { readonly kind: 'drain'; readonly node: string }
  | { readonly kind: 'look-inside'; readonly how: Look; readonly subject: Subject }
  /** Waits until it says Ready, and takes that for proof. */
  | { readonly kind: 'trust-ready'; readonly subject: Subject }
  | {
      readonly kind: 'close-incident';
      readonly hasReminder: boolean;
      /** True: something failed, was diagnosed or was done in it, although nothing of it may be left to be seen. */
      readonly hasFound: boolean;
    };

export type DeedKind = Deed['kind'];

/** A deed that somebody is about to do, by hand or by a plan. */
export interface Intention {
  readonly deed: Deed;
  /** True: logs and state of what disappears are saved first. */
  readonly isEvidenceSaved: boolean;
}

/** What guard rails look at: the situation, the plans that come of it, and the lists that they count in. */
export interface GuardedSituation extends Situation {
  /** Best first. */
  readonly plans: readonly MitigationPlan[];
  /** Undefined: could not be read. */
  readonly replicas: Replicas | undefined;
  readonly pods: Collection<Pod> | undefined;
  readonly nodes: Collection<Node> | undefined;
}

export interface GuardRailExample {
  readonly story: string;
  readonly intended: Intention;
  /** The world in which the situation is assessed, as for failure modes. */
  readonly given: ExampleEvidence;
}

/** A mistake that is easily made at night. Checked against plans and against commands that people type. */
export interface GuardRail {
  readonly id: string;
  readonly title: string;
  /** What somebody without the experience does, what the senior does instead, and why. */
  readonly explanation: { readonly juniorWould: string; readonly seniorDoes: string; readonly why: string };
  /** Deeds that it has an opinion about. Of all others it knows nothing, which is not the same as no objection. */
  readonly judges: readonly [DeedKind, ...DeedKind[]];
  /** A warning for this deed in this situation, for people. Absent: nothing to say. */
  readonly check: (intended: Intention, situation: GuardedSituation) => string | undefined;
  readonly warns: readonly [GuardRailExample, ...GuardRailExample[]];
  readonly staysQuiet: readonly [GuardRailExample, ...GuardRailExample[]];
}
