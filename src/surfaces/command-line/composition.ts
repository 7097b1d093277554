import type { CommandCheck } from '../../domain/command-check.ts';
import type { AnyFailureMode } from '../../domain/failure-mode.ts';
import type { Investigation } from '../../domain/investigation.ts';
import type { PolicyComposition } from './policy-composition.ts';
import type { ActingComposition } from './acting-composition.ts';
import type { Tellable } from '../../writing/text/tell.ts';

/** What the command line needs from the rest of the program. compose.ts has it; tests hand in their own. */
export interface Composition extends PolicyComposition {
  readonly runInvestigation: (options: InvestigationOptions, announcer: Announcer, signal: AbortSignal) => Promise<Investigated | Failure>;
  readonly runRecording: (options: RecordingOptions, announcer: Announcer, signal: AbortSignal) => Promise<Recorded | Failure>;
  /** Judges a command by the cluster as it is. Nothing of it is run. */
  readonly runCheck: (options: SourceOptions, checked: string, announcer: Announcer, signal: AbortSignal) => Promise<Checked | Failure>;
  /** The incident that comes with the program. */
  readonly demonstration: () => Pick<InvestigationOptions, 'alert' | 'recording'>;
  /** A read-only ClusterRole in YAML, generated from what the evidence sources declare. */
  readonly permissions: () => string;
  readonly catalogue: readonly AnyFailureMode[];
  /** Loads what can change a cluster, which most commands do not need. */
  readonly openActing: () => Promise<ActingComposition>;
}

/** Called synchronously while the work goes on. */
export interface Announcer {
  readonly announce: (happening: Happening) => void;
}
export type Happening =
  | Tellable
  | { readonly kind: 'progress'; readonly text: string }
  /** Something in the cluster is changed, as a flag allowed. Always shown. */
  | { readonly kind: 'notice'; readonly text: string };

/** Where to look. Without a recording: the live cluster of the kubeconfig. */
export interface SourceOptions {
  /** The page as it was handed in. Absent: nobody was paged. */
  readonly alert?: AlertText;
  /** Directory or .tar.gz: a recording of ours or a foreign bundle. */
  readonly recording?: string;
  readonly kubeconfig?: string;
  /** Context of the kubeconfig. Absent: its current one. */
  readonly context?: string;
  readonly namespace?: string;
  /** Label selector, as kubectl takes it. */
  readonly selector?: string;
  /** Base address of a Prometheus. */
  readonly prometheus?: string;
  /** How commands may be run on nodes. Absent: not at all. */
  readonly nodeAccess?: NodeAccess;
  /** True: connections may be tried from inside pods. Absent: no. */
  readonly canExec?: boolean;
  readonly lookBackMilliseconds: number;
  /** After this the investigation ends with what it has. */
  readonly budgetSeconds: number;
}
export type NodeAccess =
  /** Absent: as ssh itself is configured. */
  | { readonly kind: 'ssh'; readonly configPath?: string; readonly user?: string }
  /** Absent: a small image that is known everywhere. */
  | { readonly kind: 'debug-pod'; readonly image?: string };

export interface AlertText {
  /** Where it came from, for messages: a path, or "standard input". */
  readonly origin: string;
  readonly text: string;
}

export interface InvestigationOptions extends SourceOptions {
  /** Where to write a recording of everything that was read. */
  readonly record?: string;
}

export interface RecordingOptions extends SourceOptions {
  readonly record: string;
}

export interface Investigated {
  readonly state: 'done';
  readonly investigation: Investigation;
}

export interface Checked {
  readonly state: 'done';
  readonly check: CommandCheck;
}

export interface Recorded {
  readonly state: 'done';
  readonly path: string;
  readonly files: number;
  readonly bytes: number;
}

/** Exit status 3, and these three parts in one line. */
export interface Failure {
  readonly state: 'failed';
  readonly attempted: string;
  readonly happened: string;
  readonly whatToDo: string;
}
