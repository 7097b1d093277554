import { citeNodeCommand, citeObject, type Claim, claim } from './citation.ts';
import { clockTime, type Instant, millisecondsPerHour } from './instant.ts';
import type { NodeReport } from './node-report.ts';
import { type Replica, type Replicas, containerOf, statusOf } from './replica.ts';

/** The container has this name in the DaemonSet of kubeadm and EKS, in the static pods of GKE and in most distributions. */
const containerName = 'kube-proxy';
/** Programming the rules of thousands of Services takes minutes; an hour also covers what was collected late. */
const recentMilliseconds = millisecondsPerHour;

export function kubeProxyOn(node: string, replicas: Replicas): Replica | undefined {
  return replicas.onNode(node).find((replica) => containerOf(replica.pod, containerName) !== undefined && replica.health !== 'finished');
}

/** A restart of kube-proxy on one node. */
export interface ProxyRestart {
  /** Absent: not told. */
  readonly at: Instant | undefined;
  readonly isMemoryKill: boolean;
  readonly claims: readonly [Claim, ...Claim[]];
  /** "128Mi". Absent: no limit, or not run as a pod. */
  readonly memoryLimit: string | undefined;
}

/** A restart shortly before `until`, from the pod's status, the unit's state and the kernel's log. Undefined: none seen. */
export function kubeProxyRestart(
  node: string,
  seen: { readonly replicas: Replicas; readonly report: NodeReport | undefined; readonly until: Instant },
): ProxyRestart | undefined {
  const pod = fromPod(kubeProxyOn(node, seen.replicas), seen.until);
  const rest = [fromUnit(seen.report, seen.until), fromKernel(node, seen)];
  const all = [pod, ...rest].filter((each) => each !== undefined);
  const [first, ...more] = all.flatMap((each) => each.claims);
  if (first === undefined) return undefined;
  const times = all.flatMap((each) => each.at ?? []);
  const replica = kubeProxyOn(node, seen.replicas);
  return {
    at: times.length === 0 ? undefined : Math.min(...times),
    isMemoryKill: all.some((each) => each.isMemoryKill),
    claims: [first, ...more],
    memoryLimit: replica === undefined ? undefined : containerOf(replica.pod, containerName)?.resources.limits['memory'],
  };
}

type Part = Omit<ProxyRestart, 'memoryLimit'>;

function isRecent(at: Instant | undefined, until: Instant): boolean {
  return at !== undefined && until - at < recentMilliseconds;
}

function fromPod(replica: Replica | undefined, until: Instant): Part | undefined {
  if (replica === undefined) return undefined;
  const status = statusOf(replica.pod, containerName);
  const last = status?.state.terminated ?? status?.lastState.terminated;
  if (last === undefined || !isRecent(last.finishedAt, until)) return undefined;
  const isMemoryKill = last.reason === 'OOMKilled';
  const limit = containerOf(replica.pod, containerName)?.resources.limits['memory'];
  const limits = isMemoryKill && limit !== undefined ? ` at its memory limit of ${limit}` : '';
  const says = `kube-proxy on ${replica.pod.spec.nodeName ?? 'the node'} was ${isMemoryKill ? 'killed for memory' : 'restarted'}${limits} at ${clockTime(last.finishedAt ?? 0)}.`;
  const shown = `status.containerStatuses[kube-proxy].lastState.terminated: ${last.reason ?? 'Error'}, exit ${last.exitCode ?? '?'}; limit ${limit ?? 'none'}`;
  return { at: last.finishedAt, isMemoryKill, claims: [claim(says, citeObject(replica.pod, shown, last.finishedAt))] };
}

function fromUnit(report: NodeReport | undefined, until: Instant): Part | undefined {
  const unit = report?.units.find((each) => /kube-?proxy/.test(each.unit) && (isRecent(each.since, until) || each.result === 'oom-kill'));
  if (report === undefined || unit === undefined) return undefined;
  const isMemoryKill = unit.result === 'oom-kill';
  const when = unit.since === undefined ? 'lately' : `at ${clockTime(unit.since)}`;
  const says = `The unit ${unit.unit} on ${report.node} was restarted ${when}${isMemoryKill ? ' after the kernel had killed it for memory' : ''}.`;
  const shown = `${unit.state} since ${unit.since === undefined ? '?' : clockTime(unit.since)}${unit.result === undefined ? '' : `, result ${unit.result}`}`;
  return { at: unit.since, isMemoryKill, claims: [claim(says, citeNodeCommand(report.node, unit.command, shown))] };
}

/** Nodes can share one kernel log (nested machines), so a kill with a pod's uid counts only for the node of that pod. */
function fromKernel(
  node: string,
  seen: { readonly replicas: Replicas; readonly report: NodeReport | undefined; readonly until: Instant },
): Part | undefined {
  const kills = (seen.report?.memoryKills ?? []).filter((kill) => {
    const owner = kill.podUid === undefined ? undefined : seen.replicas.all.find(({ pod }) => pod.metadata.uid === kill.podUid);
    return (
      /^kube-?proxy/.test(kill.process) &&
      (owner === undefined || owner.pod.spec.nodeName === node) &&
      (kill.at === undefined || isRecent(kill.at, seen.until))
    );
  });
  const last = kills.at(-1);
  if (last === undefined) return undefined;
  const says = `The kernel of ${node} killed kube-proxy for memory${last.at === undefined ? '' : ` at ${clockTime(last.at)}`}.`;
  return { at: last.at, isMemoryKill: true, claims: [claim(says, citeNodeCommand(node, last.command, last.line.slice(0, 160)))] };
}
