import type { ProgramOutcome } from '../../ports/pod-access.ts';

/** A way to run a text for a POSIX shell on nodes. */
export interface NodeShell {
  /** As root where that is possible, with the node's own programs. */
  readonly run: (node: string, script: string, signal: AbortSignal) => Promise<ProgramOutcome>;
  /** Mount points that this way in makes itself: what is said about how they are mounted says nothing about the node. */
  readonly ownMounts: readonly string[];
  /** In a pod of our own on the node, on the network that its pods have. Absent: this way in has none. */
  readonly runOnPodNetwork: ((node: string, script: string, signal: AbortSignal) => Promise<PodNetworkOutcome>) | undefined;
  /** Takes away whatever was put there. */
  readonly close: () => Promise<void>;
}

/** With the pod that it ran in; absent where there was none. */
export interface PodNetworkOutcome {
  readonly outcome: ProgramOutcome;
  readonly pod: { readonly namespace: string; readonly name: string } | undefined;
}
