/** Marks pods that Stanch itself puts on a node to look at it, so that it finds what a crashed run left, and never takes them for a workload. */
export const debugPodLabel = 'stanch.dev/debug-pod';
