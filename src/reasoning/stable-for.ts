import { millisecondsPerSecond } from '../domain/instant.ts';

/**
 * The kubelet reports every ten seconds and the cluster waits forty before it doubts a node; rules are synced within half a
 * minute: what has held for a minute has outlived one round of all of them.
 */
export const stableMilliseconds = 60 * millisecondsPerSecond;
