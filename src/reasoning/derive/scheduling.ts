import { groupBy } from '../../domain/collection.ts';
import type { Pod } from '../../domain/kubernetes/pod.ts';
import type { Replica } from '../../domain/replica.ts';
import type { Obstacle, SchedulingVerdict } from '../../domain/scheduling.ts';
import { subjectKey } from '../../domain/subject.ts';
import type { FactSource } from '../fact-source.ts';
import { type ClusterView, clusterView, withPlaced } from '../../domain/placement/cluster-view.ts';
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
      isCuredByOpening: isCuredByOpening(
        alike.map(({ pod }) => pod),
        nodes,
        view,
      ),
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

/** More pods than these would be placed one by one for a long time; then nobody says that opening nodes is enough. */
const mostPlaced = 200;

function isCuredByOpening(pods: readonly Pod[], nodes: SchedulingVerdict['nodes'], empty: ClusterView): boolean {
  const shut = new Set(nodes.filter(({ obstacles }) => obstacles.length > 0 && obstacles.every(isCordon)).map(({ node }) => node));
  if (shut.size === 0 || pods.length > mostPlaced) return false;
  const rooms = empty.nodes.filter((node) => shut.has(node.metadata.name));
  let view = empty;
  return pods.every((pod) => {
    const obstaclesOn = obstaclesFor(pod, view);
    const room = rooms.find((node) => obstaclesOn(node).every(isCordon));
    if (room !== undefined) view = withPlaced(view, pod, room.metadata.name);
    return room !== undefined;
  });
}

function isCordon({ kind }: Obstacle): boolean {
  return kind === 'cordoned';
}
