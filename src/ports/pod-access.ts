import type { WhyUnreadable } from '../domain/evidence.ts';
import type { Instant } from '../domain/instant.ts';
import type { Pod } from '../domain/kubernetes/pod.ts';

/** A container that runs, or should. */
export interface ContainerPlace {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

/** A program to start somewhere, with everything that bounds it. */
export interface BoundedProgram {
  readonly argv: readonly [string, ...string[]];
  /** Written to its standard input, which is then left open: the program has to end by itself. */
  readonly input: string;
  /** What it prints beyond this is not read, and it is left behind. */
  readonly outputBytes: number;
  readonly totalMilliseconds: number;
}

/** How a program went that was started on another machine. */
export type ProgramOutcome =
  | {
      readonly state: 'ran';
      readonly output: string;
      readonly bytes: number /** True: more was sent than is read, or it took too long. */;
      readonly isCut: boolean;
    }
  | { readonly state: 'failed'; readonly because: WhyUnreadable; readonly detail: string };

export type PodAnswer<Value> =
  | { readonly state: 'answered'; readonly value: Value }
  | {
      readonly state: 'failed';
      readonly because: WhyUnreadable;
      readonly detail: string /** True: there is no such pod. */;
      readonly isMissing: boolean;
    };

/** The pod as it is to be created: plain API JSON with at least these fields. */
export interface PodManifest {
  readonly metadata: { readonly name: string; readonly namespace: string };
}

/**
 * Runs programs in pods, and creates and deletes pods of our own. The only thing beside an actuator that can change a
 * cluster; it is opened only where a flag allows it.
 */
export interface PodAccess {
  readonly run: (place: ContainerPlace, program: BoundedProgram, signal: AbortSignal) => Promise<ProgramOutcome>;
  readonly create: (manifest: PodManifest, signal: AbortSignal) => Promise<PodAnswer<Pod>>;
  readonly look: (namespace: string, name: string, signal: AbortSignal) => Promise<PodAnswer<Pod>>;
  /** At once, without a grace period. */
  readonly remove: (namespace: string, name: string, signal: AbortSignal) => Promise<PodAnswer<undefined>>;
  /** In all namespaces where that is allowed, else in this one. */
  readonly listLabelled: (label: string, namespace: string, signal: AbortSignal) => Promise<PodAnswer<readonly Pod[]>>;
  /** Ends early where the signal says so. */
  readonly pause: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  readonly now: () => Instant;
}
