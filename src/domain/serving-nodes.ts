import type { Backend } from './service-backends.ts';

/** Nodes on which ready endpoints of the Service run. Empty: none, or the slices do not tell. */
export function servingNodes(backend: Backend): ReadonlySet<string> {
  const named = backend.slices.flatMap((slice) =>
    slice.kind === 'EndpointSlice'
      ? slice.endpoints.filter((endpoint) => endpoint.conditions.ready !== false).flatMap((endpoint) => endpoint.nodeName ?? [])
      : slice.subsets.flatMap((subset) => subset.addresses.flatMap((address) => address.nodeName ?? [])),
  );
  return new Set(named);
}
