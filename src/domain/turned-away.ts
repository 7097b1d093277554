import { type Instant, millisecondsPerMinute } from './instant.ts';
import type { Pod } from './kubernetes/pod.ts';
import type { Replica, Replicas } from './replica.ts';

/** A controller that is turned away again and again tries anew within seconds to minutes. */
const recentMilliseconds = 15 * millisecondsPerMinute;

/**
 * Reasons of old kubelets, which wrote no sentence of their own before them, and of the room that a pod asks for.
 * Source: kubernetes/pkg/kubelet/lifecycle, predicate.go.
 */
const always = /^(?:UnexpectedAdmissionError|TopologyAffinityError|NodeAffinity|NodePorts|TaintToleration|OutOf[\w./-]+)$/;
/** Said in the same words about a node that is short of something or shuts down, and about settings that are forbidden there. */
const otherwiseKnown = /^(?:Evicted|NodeShutdown|Terminated|Shutdown|SysctlForbidden|AppArmor)$/;

/** The kubelet refused to run the pod that was placed on its node, and never started it. */
export function isTurnedAway({ status }: Pod): boolean {
  if (status.phase !== 'Failed' || status.reason === undefined) return false;
  return always.test(status.reason) || (!otherwiseKnown.test(status.reason) && status.message?.startsWith('Pod was rejected: ') === true);
}

/**
 * The controller of a Deployment makes another pod at once, so that those turned away are traces; they count while no later
 * one of the workload became Ready.
 */
export function isOfNow({ pod, workload }: Replica, replicas: Replicas, now: Instant): boolean {
  const madeAt = pod.metadata.creationTimestamp;
  if (madeAt === undefined || now - madeAt > recentMilliseconds) return false;
  const others = replicas.ofWorkload(workload);
  return others.every(({ health, pod: other }) => health !== 'healthy' || (other.metadata.creationTimestamp ?? 0) < madeAt);
}
