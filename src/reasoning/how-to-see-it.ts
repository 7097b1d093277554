import type { EvidenceKind, WhyUnreadable } from '../domain/evidence.ts';
import { resources } from '../domain/kubernetes/resources.ts';
import { shellWord } from '../domain/shell-word.ts';
import type { Assessment } from './assess.ts';
import { logsToRead, nodesToProbe } from './choose-next-evidence.ts';
import { type ConnectionToTry, connectionsToTry } from './connections-to-try.ts';

/** A command that shows what could not be seen. A flag is named where it alone is missing, else what a person would run. */
export function howToSee(kind: EvidenceKind, because: WhyUnreadable, assessment: Assessment): string {
  const isForbiddenByUs = because === 'not-asked' && assessment.snapshot.cluster.source === 'live';
  switch (kind) {
    case 'metrics':
    case 'alert-history':
    case 'scrape-targets':
      return 'stanch investigate --prometheus http://localhost:9090';
    case 'node-commands':
      return isForbiddenByUs && nodesToProbe(assessment).length > 0 ? `stanch investigate ${nodeAccess}` : commandOnNode(assessment);
    case 'connectivity-probes': {
      const wishes = connectionsToTry(assessment);
      return isForbiddenByUs && wishes.length > 0 ? flagsFor(wishes) : commandToConnect(wishes[0]);
    }
    case 'container-logs':
      return commandForLogs(assessment);
    case 'service-calls':
      return 'give traces or call metrics in a recording';
    default:
      return `kubectl get ${kind}${resources[kind].isNamespaced ? ' --all-namespaces' : ''}`;
  }
}

const nodeAccess = '--node-access ssh  # or: --node-access debug-pod';

function commandOnNode(assessment: Assessment): string {
  const [node] = nodesToProbe(assessment);
  return `ssh ${node === undefined ? 'NODE' : shellWord(node)} 'systemctl status kubelet containerd; sudo iptables-save -t nat | grep -c KUBE-SVC'`;
}

/** Pods only where one of them can be asked; the node always. */
function flagsFor(wishes: readonly ConnectionToTry[]): string {
  const isForPods = wishes.some(({ from }) => from.kind === 'pod');
  return `stanch investigate ${isForPods ? '--allow-exec ' : ''}${nodeAccess}`;
}

function commandToConnect(wish: ConnectionToTry | undefined): string {
  if (wish === undefined) return 'kubectl exec -n NAMESPACE POD -- nc -z -v -w 3 HOST PORT';
  const { from, host, port } = wish;
  const attempt = `nc -z -v -w 3 ${shellWord(host)} ${port}`;
  switch (from.kind) {
    case 'pod':
      return `kubectl exec -n ${shellWord(from.namespace)} ${shellWord(from.name)} -c ${shellWord(from.container)} -- ${attempt}`;
    case 'node':
      return `ssh ${shellWord(from.name)} '${attempt}'`;
    case 'pod-network':
      return `kubectl run stanch-debug --image=busybox:1.37 --restart=Never --rm -i --overrides='{"spec":{"nodeName":"${from.node}"}}' -- ${attempt}`;
  }
}

function commandForLogs(assessment: Assessment): string {
  const wishes = logsToRead(assessment);
  // The words before the end tell why it ended.
  const wish = wishes.find((each) => each.isPrevious) ?? wishes[0];
  if (wish === undefined) return 'kubectl logs -n NAMESPACE POD --all-containers --previous';
  const { namespace, pod, container, isPrevious } = wish;
  return `kubectl logs -n ${shellWord(namespace)} ${shellWord(pod)} -c ${shellWord(container)}${isPrevious ? ' --previous' : ''}`;
}
