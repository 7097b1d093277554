import type { Gap } from '../../domain/evidence.ts';
import { type ResourceName, resources } from '../../domain/kubernetes/resources.ts';
import type { Listing } from './object-shelf.ts';

/** How much of a kind a bundle holds. */
export type Coverage = { readonly state: 'not-recorded' } | { readonly state: 'recorded'; readonly gaps: readonly Gap[] };

/**
 * Works out from the files of a foreign bundle whether a kind was listed everywhere, in some namespaces, or not at all.
 * Only a list says that there is no more: one object that somebody saved says nothing about the others.
 */
export function coverageOf(resource: ResourceName, listings: readonly Listing[], namespaces: ReadonlySet<string>): Coverage {
  const ofResource = listings.filter((listing) => listing.resource === resource);
  if (ofResource.length === 0) return { state: 'not-recorded' };
  if (!resources[resource].isNamespaced) return { state: 'recorded', gaps: isWholeListed(ofResource) ? [] : [partOf(resource)] };
  const covered = new Set<string>();
  const single = new Map<string, number>();
  for (const listing of ofResource) {
    const within = namespaceOfPath(listing.path, namespaces);
    const isWhole = listing.isList || isCollectorPath(listing.path, 'namespace');
    if (!isWhole) for (const namespace of listing.namespaces) single.set(namespace, (single.get(namespace) ?? 0) + 1);
    else if (within !== undefined) covered.add(within);
    // A list of several namespaces was asked of all of them, and so was an empty one that no path narrows and that is the only one.
    else if (listing.namespaces.size > 1 || (listing.namespaces.size === 0 && ofResource.length === 1))
      return { state: 'recorded', gaps: [] };
    for (const namespace of isWhole ? listing.namespaces : []) covered.add(namespace);
  }
  for (const [namespace, count] of single) if (count > 1) covered.add(namespace);
  const missing = [...namespaces].filter((namespace) => !covered.has(namespace)).toSorted();
  if (missing.length === 0) return { state: 'recorded', gaps: [] };
  const [what, detail] = [`${resource} in ${spokenNamespaces(missing)}`, `the bundle holds no list of ${resource} there`];
  return { state: 'recorded', gaps: [{ what, because: 'not-recorded', detail, namespaces: missing }] };
}

/** Collectors that write one file for each object walk the whole list all the same: must-gather, Velero. */
function isCollectorPath(path: string, scope: 'cluster' | 'namespace'): boolean {
  const pattern =
    scope === 'cluster' ? /(^|\/)(cluster-scoped-resources\/.+|resources\/[^/]+\/cluster\/[^/]+)$/ : /(^|\/)namespaces\/[^/]+\/.+$/;
  return pattern.test(path);
}

/** The namespace that a collector put a list under, nearest to the file first. */
function namespaceOfPath(path: string, namespaces: ReadonlySet<string>): string | undefined {
  const steps = path.replace(/\.(json|ya?ml)$/i, '').split('/');
  const told =
    /(?:^|\/)(?:namespaces|ns)\/([^/]+)\//.exec(path)?.[1] ?? /(?:^|\/)cluster-resources\/[^/]+\/([^/]+)\.(?:json|ya?ml)$/.exec(path)?.[1];
  return told ?? steps.toReversed().find((step) => namespaces.has(step));
}

/** Objects below a namespace's directory are there because of the namespace, so they are no list of a cluster-wide kind. */
function isWholeListed(listings: readonly Listing[]): boolean {
  const picked = listings.filter(({ path }) => !isCollectorPath(path, 'namespace'));
  return picked.length > 1 || picked.some(({ isList, path }) => isList || isCollectorPath(path, 'cluster'));
}

function partOf(resource: ResourceName): Gap {
  return { what: `some ${resource}`, because: 'not-recorded', detail: `only single ${resource} were saved, and no list of them` };
}

/** "namespace shop", "namespaces a, b and 7 more". */
export function spokenNamespaces(namespaces: readonly string[]): string {
  const shown = namespaces.slice(0, 5).join(', ');
  return `${namespaces.length === 1 ? 'namespace' : 'namespaces'} ${shown}${namespaces.length > 5 ? ` and ${namespaces.length - 5} more` : ''}`;
}
