import type { Node } from '../kubernetes/node.ts';
import type { Pod } from '../kubernetes/pod.ts';
import type { Obstacle } from '../scheduling.ts';
import type { ClusterView } from './cluster-view.ts';
import { neighbourObstacles } from './neighbour-obstacles.ts';
import { admissionObstacles, hostPortObstacles, placementObstacles, resourceObstacles, volumeObstacles } from './node-obstacles.ts';
import { podRequests } from './pod-requests.ts';

/** Why a node would not take the pod, as the default filters of the scheduler see it. Empty: it would. */
export function obstaclesFor(pod: Pod, view: ClusterView): (node: Node) => readonly Obstacle[] {
  const wanted = podRequests(pod.spec);
  const ofNeighbours = neighbourObstacles(pod, view);
  return (node) => [
    ...admissionObstacles(pod, node),
    ...placementObstacles(pod.spec, node),
    ...hostPortObstacles(pod, node, view),
    ...resourceObstacles(node, wanted, view),
    ...volumeObstacles(pod, node, view),
    ...ofNeighbours(node),
  ];
}
