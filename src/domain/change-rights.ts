import type { ClusterChangeKind } from './cluster-change.ts';
import { type ResourceName, resources } from './kubernetes/resources.ts';
import { resourcesChangedBy } from './object-path.ts';
import { resourcesReadFor } from './template-edits.ts';

/** What the Kubernetes API asks a right for. */
export interface ChangeRight {
  /** With its group, and its subresource: "apps/deployments", "pods/eviction". */
  readonly resource: string;
  readonly verb: string;
}

/** Every right that it takes to work out, rehearse, make and look after a change of this kind, and no other. */
export function rightsFor(kind: ClusterChangeKind): readonly ChangeRight[] {
  const changed = resourcesChangedBy(kind).flatMap((name) => [{ resource: grouped(name), verb: 'get' }, writing(kind, grouped(name))]);
  return [...changed, ...resourcesReadFor(kind).map((name) => ({ resource: grouped(name), verb: 'list' }))];
}

function writing(kind: ClusterChangeKind, resource: string): ChangeRight {
  if (kind === 'evict') return { resource: `${resource}/eviction`, verb: 'create' };
  return { resource, verb: kind === 'delete-pod' ? 'delete' : 'patch' };
}

function grouped(name: ResourceName): string {
  const { group } = resources[name];
  return group === '' ? name : `${group}/${name}`;
}
