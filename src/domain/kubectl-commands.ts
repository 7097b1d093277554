import type { EvidencePointer } from './citation.ts';
import type { ClusterChange } from './cluster-change.ts';
import { nodeCommand } from './node-command.ts';
import { quoted, shellWord } from './shell-word.ts';
import type { Subject } from './subject.ts';

/** The command that a human would type to see the same piece of evidence. */
export function commandToSee(of: EvidencePointer): string {
  switch (of.kind) {
    case 'object':
      return `kubectl get ${of.resource} ${shellWord(of.name)}${inNamespace(of.namespace)} -o yaml`;
    case 'list':
      return `kubectl get ${of.evidence}${of.namespace === undefined ? ' -A' : inNamespace(of.namespace)}`;
    case 'log':
      return `kubectl logs${inNamespace(of.namespace)} ${shellWord(of.pod)} -c ${shellWord(of.container)}${of.isPrevious ? ' --previous' : ''} --tail=200`;
    case 'metric':
      return `curl -sG "$PROMETHEUS/api/v1/query_range" --data-urlencode ${quoted(`query=${of.expression}`)}`;
    case 'alert':
      return `curl -sG "$PROMETHEUS/api/v1/query_range" --data-urlencode ${quoted(`query=ALERTS{alertname="${of.alert}"}`)}`;
    case 'scrape-target':
      return `curl -s "$PROMETHEUS/api/v1/targets?state=active"`;
    case 'node-command':
      return `ssh ${shellWord(of.node)} ${quoted(spokenNodeCommand(of.command))}`;
    case 'probe':
      return `${probeOrigin(of.from)} nc -zv ${shellWord(of.host)} ${of.port ?? ''}`.trimEnd();
    case 'service-call':
      return `# traces or metrics of calls from ${shellWord(of.caller)} to ${shellWord(of.callee)}`;
  }
}

/** The argument vector behind an id of the fixed list, with sudo where it takes root; other text as the recording brought it. */
function spokenNodeCommand(id: string): string {
  const known = nodeCommand(id);
  return known === undefined ? id : `${known.needsRoot ? 'sudo ' : ''}${known.argv.join(' ')}`;
}

function probeOrigin(from: string): string {
  const [kind, namespace, name] = from.split('/');
  return kind === 'pod' ? `kubectl exec -n ${shellWord(namespace ?? '')} ${shellWord(name ?? '')} --` : `ssh ${shellWord(namespace ?? '')}`;
}

function inNamespace(namespace: string | undefined): string {
  return namespace === undefined ? '' : ` -n ${shellWord(namespace)}`;
}

/** The kubectl equivalent of a change. */
export function commandToChange(change: ClusterChange): string {
  switch (change.kind) {
    case 'cordon':
      return `kubectl cordon ${shellWord(change.node)}`;
    case 'uncordon':
      return `kubectl uncordon ${shellWord(change.node)}`;
    // kubectl has no verb for the eviction of one pod; deletion waits for the same grace period but ignores budgets.
    case 'delete-pod':
    case 'evict':
      return `kubectl delete pod -n ${shellWord(change.namespace)} ${shellWord(change.pod)}`;
    case 'roll-back':
      return `kubectl rollout undo ${target(change.workload)} --to-revision=${change.toRevision}`;
    case 'scale':
      return `kubectl scale ${target(change.workload)} --replicas=${change.to} --current-replicas=${change.from}`;
    case 'set-autoscaler-maximum':
      return `kubectl patch hpa -n ${shellWord(change.autoscaler.namespace ?? '')} ${shellWord(change.autoscaler.name)} --patch '{"spec":{"maxReplicas":${change.to}}}'`;
    case 'pause-rollout':
      return `kubectl rollout pause ${target(change.workload)}`;
    case 'resume-rollout':
      return `kubectl rollout resume ${target(change.workload)}`;
    case 'restart-rollout':
      return `kubectl rollout restart ${target(change.workload)}`;
    case 'relabel-pod':
      return `kubectl label pod -n ${shellWord(change.namespace)} ${shellWord(change.pod)} --overwrite ${Object.entries(change.labels)
        .map(([key, value]) => shellWord(`${key}=${value}`))
        .join(' ')}`;
    case 'set-memory-limit':
      return `kubectl set resources ${target(change.workload)} -c ${shellWord(change.container)} --limits=memory=${shellWord(change.to)}`;
  }
}

function target(workload: Subject): string {
  return `${workload.namespace === undefined ? '' : `-n ${shellWord(workload.namespace)} `}${shellWord(`${workload.kind.toLowerCase()}/${workload.name}`)}`;
}
