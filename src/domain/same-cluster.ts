/** How a cluster is told from others. */
export interface ClusterMark {
  /** As the kubeconfig names it: for people, who may name it otherwise tomorrow, or another one so. */
  readonly cluster: string;
  /** Of the namespace kube-system, which every cluster makes for itself and nobody can delete. Absent: it could not be read. */
  readonly clusterUid?: string;
}

/** name: only the names could be compared, and they are the same. */
export type SameCluster = 'same' | 'same-name' | 'another';

export function isSameCluster(one: ClusterMark, other: ClusterMark): SameCluster {
  if (one.clusterUid !== undefined && other.clusterUid !== undefined) return one.clusterUid === other.clusterUid ? 'same' : 'another';
  return one.cluster === other.cluster ? 'same-name' : 'another';
}
