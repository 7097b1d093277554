import type { Pod } from './kubernetes/pod.ts';
import type { Subject } from './subject.ts';

/** Why one node does not take a pod. Source: the default filters of kube-scheduler, recomputed. */
export type Obstacle =
  | {
      readonly kind: 'resources';
      readonly resource: string;
      readonly requested: number;
      readonly free: number;
      readonly allocatable: number;
    }
  | { readonly kind: 'pod-slots'; readonly limit: number }
  | { readonly kind: 'cordoned' }
  | { readonly kind: 'taint'; readonly key: string; readonly value: string; readonly effect: string }
  | { readonly kind: 'node-selector'; readonly wanted: string }
  | { readonly kind: 'node-affinity'; readonly wanted: string }
  | { readonly kind: 'pod-affinity' }
  | { readonly kind: 'pod-anti-affinity' }
  | { readonly kind: 'topology-spread'; readonly topologyKey: string }
  | { readonly kind: 'volume-node-affinity'; readonly volume: string; readonly wanted: string }
  | { readonly kind: 'host-port'; readonly port: number }
  | { readonly kind: 'not-ready' };

export interface SchedulingVerdict {
  readonly pod: Pod;
  readonly workload: Subject;
  /** Obstacles by node. A node with none would take the pod. */
  readonly nodes: readonly { readonly node: string; readonly obstacles: readonly Obstacle[] }[];
  /**
   * The kinds of obstacle whose removal alone would let the pod fit on some node: the binding ones.
   * Empty with nodes present: several obstacles hold everywhere at once, or none does.
   */
  readonly binding: readonly Obstacle['kind'][];
  /** Nodes that would take the pod as it is. */
  readonly fits: readonly string[];
  /** True: the nodes on which only a cordon stands in the way have room for all that wait with this template, one after the other. */
  readonly isCuredByOpening: boolean;
}
