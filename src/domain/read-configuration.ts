import { configurationReferences } from './configuration-reference.ts';
import type { Weight } from './failure-mode.ts';
import type { Instant } from './instant.ts';
import type { ApiObject } from './kubernetes/resources.ts';
import type { ConfigMap, Secret } from './kubernetes/storage.ts';
import type { Replica } from './replica.ts';

/** In its environment or as files. */
export function uses({ pod }: Replica, object: ConfigMap | Secret): boolean {
  return configurationReferences(pod.spec).some((reference) => reference.kind === object.kind && reference.name === object.metadata.name);
}

/** As files, which follow what is written by themselves. */
export function mounts({ pod }: Replica, { kind, metadata }: Pick<ApiObject, 'kind' | 'metadata'>): boolean {
  const references = configurationReferences(pod.spec);
  return references.some((each) => each.isMount && each.kind === kind && each.name === metadata.name);
}

/** All of its containers run since before that: what their environment holds is older. */
export function startedBefore({ pod }: Replica, at: Instant): boolean {
  return (
    pod.status.containerStatuses.length > 0 && pod.status.containerStatuses.every((status) => (status.state.running?.startedAt ?? at) < at)
  );
}

/** Its containers were started anew after that, so that they have read what was written. */
export function hasStartedSince({ pod }: Replica, at: Instant): boolean {
  const starts = pod.status.containerStatuses.flatMap(({ state, lastState }) =>
    [state.running, state.terminated, lastState.terminated].flatMap((each) => each?.startedAt ?? []),
  );
  return starts.length > 0 && Math.max(...starts) > at;
}

/** The pod as such is older; its containers may have been started again since. */
export function wasMadeBefore({ pod }: Replica, at: Instant): boolean {
  return pod.metadata.creationTimestamp !== undefined && pod.metadata.creationTimestamp < at;
}

/**
 * Siblings that read the same configuration since then speak against it. Those that run since before have not: it may have
 * been changed meanwhile, or the machine of this one is not prepared for what it asks.
 */
export function weightBeside(siblings: readonly Replica[], { pod }: Replica, weight: Weight): Weight {
  const madeAt = pod.metadata.creationTimestamp;
  if (siblings.length === 0 || weight === 'weak' || weight === 'suggestive') return weight;
  return madeAt !== undefined && siblings.every((sibling) => startedBefore(sibling, madeAt)) ? 'likely' : 'suggestive';
}
