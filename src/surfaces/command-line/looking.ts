import type { Tellable } from '../../writing/text/tell.ts';

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

/** Exit status 3, and these three parts in one line. */
export interface Failure {
  readonly state: 'failed';
  readonly attempted: string;
  readonly happened: string;
  readonly whatToDo: string;
}
