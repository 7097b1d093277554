import type { Instant } from '../../domain/instant.ts';
import { type ApiObject, type ObjectOf, type ResourceName, resources } from '../../domain/kubernetes/resources.ts';
import { sharingReader } from '../../domain/sharing-reader.ts';
import type { Shape } from '../../domain/shape.ts';
import type { EvidenceTap } from '../../ports/evidence-tap.ts';
import { joinOwners } from './join-owners.ts';
import type { RawApiObject } from './raw-objects.ts';

/** One file's, or one list's, word on a kind: what coverage is worked out from. */
export interface Listing {
  readonly resource: ResourceName;
  readonly path: string;
  /** True: a list, which says that there is no more. False: objects that somebody picked. */
  readonly isList: boolean;
  readonly namespaces: ReadonlySet<string>;
  readonly count: number;
}

/** The objects of a bundle while it is read. Each is reduced to what Stanch uses at once; the raw object is not kept. */
export interface ObjectShelf {
  /** False: there are more objects than the limit allows. */
  readonly add: (object: RawApiObject) => boolean;
  readonly note: (listing: Listing) => void;
  /** To be called when all objects are there: fills in what only they tell together. */
  readonly settle: () => void;
  readonly listings: () => readonly Listing[];
  readonly count: () => number;
  /** In order of namespace and name, whatever the order in the files. */
  readonly objects: <Name extends ResourceName>(resource: Name) => readonly ObjectOf<Name>[];
  /** Every namespace that any object lies in or is. */
  readonly namespaces: () => ReadonlySet<string>;
  readonly each: (visit: (resource: ResourceName, object: ApiObject) => void) => void;
}

export function objectShelf(limit: number, tap: EvidenceTap | undefined): ObjectShelf {
  const shelves = new Map<ResourceName, Map<string, ApiObject>>();
  const readers = new Map<ResourceName, (raw: unknown) => ApiObject>();
  const sorted = new Map<ResourceName, readonly ApiObject[]>();
  const listings: Listing[] = [];
  const namespaces = new Set<string>();
  let count = 0;
  return {
    add({ resource, raw }) {
      let read = readers.get(resource);
      if (read === undefined) readers.set(resource, (read = sharingReader<ApiObject>(resources[resource].shape as Shape<ApiObject>)));
      const object = read(raw);
      tap?.objects(resource, [asListed(resource, raw)]);
      let shelf = shelves.get(resource);
      if (shelf === undefined) shelves.set(resource, (shelf = new Map()));
      const { namespace, name } = object.metadata;
      const before = shelf.size;
      sorted.delete(resource);
      // The same object is often kept twice, in a list and in a file of its own.
      shelf.set(`${namespace ?? ''}/${name}`, object);
      if (namespace !== undefined) namespaces.add(namespace);
      if (resource === 'namespaces') namespaces.add(name);
      count += shelf.size - before;
      return count <= limit;
    },
    note: (listing) => listings.push(listing),
    settle() {
      for (const shelf of shelves.values()) {
        for (const [key, object] of shelf) {
          const joined = joinOwners(object, (resource, owner) => shelves.get(resource as ResourceName)?.get(owner));
          if (joined !== undefined) shelf.set(key, joined);
        }
      }
    },
    listings: () => listings,
    count: () => count,
    objects: <Name extends ResourceName>(resource: Name) => {
      let all = sorted.get(resource);
      if (all === undefined) sorted.set(resource, (all = inOrder(shelves.get(resource))));
      return all as readonly ObjectOf<Name>[];
    },
    namespaces: () => namespaces,
    each: (visit) => {
      for (const [resource, shelf] of shelves) for (const object of shelf.values()) visit(resource, object);
    },
  };
}

/** Elements of a list often leave out what the list says for all of them. */
function asListed(resource: ResourceName, raw: RawApiObject['raw']): RawApiObject['raw'] {
  const { group, versions, kind } = resources[resource];
  return { apiVersion: `${group === '' ? '' : `${group}/`}${versions[0]}`, kind, ...raw };
}

function inOrder(shelf: ReadonlyMap<string, ApiObject> | undefined): readonly ApiObject[] {
  if (shelf === undefined) return [];
  const keys = [...shelf.keys()].toSorted();
  return keys.flatMap((key) => shelf.get(key) ?? []);
}

/** Times that a running cluster writes all the while, and times of everything else. */
export interface NewestTimes {
  readonly heartbeat: Instant | undefined;
  readonly activity: Instant | undefined;
  readonly anything: Instant | undefined;
}

export function newestTimes(shelf: ObjectShelf): NewestTimes {
  let heartbeat: Instant | undefined;
  let activity: Instant | undefined;
  let anything: Instant | undefined;
  shelf.each((resource, object) => {
    anything = later(anything, object.metadata.creationTimestamp);
    if (resource === 'nodes')
      for (const { lastHeartbeatTime } of (object as ObjectOf<'nodes'>).status.conditions) heartbeat = later(heartbeat, lastHeartbeatTime);
    else if (resource === 'leases') heartbeat = later(heartbeat, (object as ObjectOf<'leases'>).spec.renewTime);
    else if (resource === 'events') activity = later(activity, newestOfEvent(object as ObjectOf<'events'>));
    else if (resource === 'pods') activity = later(activity, newestOfPod(object as ObjectOf<'pods'>));
    else if ('managedFields' in object.metadata) {
      for (const { at } of (object as ObjectOf<'deployments'>).metadata.managedFields) anything = later(anything, at);
    }
  });
  return { heartbeat, activity, anything };
}

function newestOfEvent(event: ObjectOf<'events'>): Instant | undefined {
  return newestOf([
    event.lastTimestamp,
    event.series?.lastObservedTime,
    event.eventTime,
    event.firstTimestamp,
    event.metadata.creationTimestamp,
  ]);
}

function newestOfPod(pod: ObjectOf<'pods'>): Instant | undefined {
  let newest = pod.metadata.creationTimestamp;
  for (const { lastTransitionTime } of pod.status.conditions) newest = later(newest, lastTransitionTime);
  for (const statuses of [pod.status.containerStatuses, pod.status.initContainerStatuses]) {
    for (const { state, lastState } of statuses) {
      newest = later(newest, state.running?.startedAt);
      newest = later(newest, state.terminated?.finishedAt);
      newest = later(newest, lastState.terminated?.finishedAt);
    }
  }
  return newest;
}

function later(one: Instant | undefined, other: Instant | undefined): Instant | undefined {
  return one === undefined || (other !== undefined && other > one) ? other : one;
}

export function newestOf(times: readonly (Instant | undefined)[]): Instant | undefined {
  return times.reduce(later, undefined);
}
