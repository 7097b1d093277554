import { type Citation, citeList, citeObject } from './citation.ts';
import type { Backend } from './service-backends.ts';

/** Cites what the endpoints of a Service say; the list, where there are none. */
export function endpointCitation(backend: Backend, shows: string): Citation {
  const [slice] = backend.slices;
  return slice === undefined ? citeList('endpointslices', backend.service.metadata.namespace, shows) : citeObject(slice, shows);
}
