import { groupBy } from '../../domain/collection.ts';
import type { Pod } from '../../domain/kubernetes/pod.ts';
import type { Replica } from '../../domain/replica.ts';
import type { SchedulingVerdict } from '../../domain/scheduling.ts';
import { subjectKey } from '../../domain/subject.ts';
import type { FactSource } from '../fact-source.ts';
import { type ClusterView, clusterView } from '../../domain/placement/cluster-view.ts';
import { obstaclesFor } from '../../domain/placement/obstacles-for.ts';

/** Pods of one template get one answer. So many different ones waiting at once tell no more than the first of them. */
const mostTemplates = 200;

/** Why each waiting pod fits on no node, recomputed from what stands on the nodes. */
export function deriveScheduling(facts: FactSource): readonly SchedulingVerdict[] {
  const waiting = (facts.get('replicas')?.failing ?? []).filter(
    (replica) => replica.troubles.some((trouble) => trouble.kind === 'unscheduled') && replica.pod.spec.schedulingGates.length === 0,
  );
  if (waiting.length === 0) return [];
  const view = clusterView({
    pods: facts.get('pods'),
    nodes: facts.get('nodes'),
    persistentvolumeclaims: facts.get('persistentvolumeclaims'),
    persistentvolumes: facts.get('persistentvolumes'),
    namespaces: facts.get('namespaces'),
  });
  return [...groupBy(waiting, templateKey).values()].slice(0, mostTemplates).flatMap((alike) => {
    const [first] = alike;
    if (first === undefined) return [];
    const nodes = obstaclesByNode(first.pod, view);
    const verdict = {
      nodes,
      binding: bindingKinds(nodes),
      fits: nodes.filter((each) => each.obstacles.length === 0).map((each) => each.node),
    };
    return alike.map(({ pod, workload }): SchedulingVerdict => ({ pod, workload, ...verdict }));
  });
}

/** Replicas share a template; DaemonSets pin each pod to its node, and StatefulSets give each pod volumes of its own. */
function templateKey({ pod, workload, revision }: Replica): string {
  const claims = pod.spec.volumes.flatMap(
    (volume) => volume.persistentVolumeClaim?.claimName ?? (volume.ephemeral === undefined ? [] : [pod.metadata.name]),
  );
  return [subjectKey(workload), revision ?? '', JSON.stringify(pod.spec.affinity?.nodeAffinity ?? null), ...claims].join(' ');
}

function obstaclesByNode(pod: Pod, view: ClusterView): SchedulingVerdict['nodes'] {
  const obstaclesOn = obstaclesFor(pod, view);
  return view.nodes.map((node) => ({ node: node.metadata.name, obstacles: obstaclesOn(node) }));
}

/** On some node, nothing but obstacles of this kind stands in the way. */
function bindingKinds(nodes: SchedulingVerdict['nodes']): SchedulingVerdict['binding'] {
  const kinds = nodes
    .map((each) => new Set(each.obstacles.map((obstacle) => obstacle.kind)))
    .filter((each) => each.size === 1)
    .flatMap((each) => [...each]);
  return [...new Set(kinds)];
}
