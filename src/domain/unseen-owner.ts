import type { Collection } from './collection.ts';
import type { Deployment, StatefulSet } from './kubernetes/workload.ts';
import type { Backend } from './service-backends.ts';

export interface Owners {
  readonly deployments?: Collection<Deployment> | undefined;
  readonly statefulsets?: Collection<StatefulSet> | undefined;
}

/**
 * True: no pod is behind the Service, and the workloads that may have made some could not be read, so that it stays open why
 * nobody is there: whoever misses them is surely not the cause.
 */
export function isOwnerUnseen(backend: Backend | undefined, { deployments, statefulsets }: Owners): boolean {
  const isEmpty = backend?.pods?.length === 0 && Object.keys(backend.service.spec.selector).length > 0;
  return isEmpty && (deployments === undefined || statefulsets === undefined);
}
