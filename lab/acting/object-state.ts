import { debugPodLabel } from '../../src/domain/debug-pod.ts';
import { kubectl } from '../cluster/kubectl.ts';
import { type ApiObject, controllerOf, type Json, normalised } from './normalise-object.ts';

/** Every object of the cluster as it is wanted, by "Kind namespace/name", and how many pods each owner has. */
export interface ClusterState {
  readonly objects: ReadonlyMap<string, ReadonlyMap<string, Json>>;
  /** By owner and labels: "Deployment payments/checkout {app=checkout}". */
  readonly pods: ReadonlyMap<string, number>;
}

/** Kinds that say what happened or who is alive, not how things are to be. */
const passingKinds = ['events', 'leases', 'componentstatuses', 'endpoints', 'endpointslices', 'podmetrics', 'nodemetrics'];

export async function readState(): Promise<ClusterState> {
  const listed = await kubectl('api-resources', '--verbs=list', '--output=name');
  const kinds = listed.split('\n').filter((name) => name !== '' && !passingKinds.includes(name.split('.')[0] ?? ''));
  const { items } = JSON.parse(await kubectl('get', kinds.join(','), '--all-namespaces', '--output=json')) as {
    readonly items: readonly ApiObject[];
  };
  return stateOf(items);
}

/** What an owner makes and counts (its pods, ReplicaSets, revisions) follows from the owner; only the number of its pods is compared. */
export function stateOf(items: readonly ApiObject[]): ClusterState {
  const objects = new Map<string, ReadonlyMap<string, Json>>();
  const pods = new Map<string, number>();
  const owners = new Map(items.map((each) => [placeOf(each), each]));
  for (const item of items) {
    if (controllerOf(item) === undefined) objects.set(placeOf(item), normalised(item));
    else if (item.kind === 'Pod' && item.metadata.deletionTimestamp === undefined) {
      const group = `${topOwner(item, owners)} ${spokenLabels(item)}`;
      pods.set(group, (pods.get(group) ?? 0) + 1);
    }
  }
  return { objects, pods };
}

function placeOf({ kind, metadata: { namespace, name } }: ApiObject): string {
  return spokenPlace(kind, namespace, name);
}

function spokenPlace(kind: string, namespace: string | undefined, name: string): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}

function topOwner(item: ApiObject, owners: ReadonlyMap<string, ApiObject>): string {
  const owner = controllerOf(item);
  if (owner === undefined) return placeOf(item);
  // A mirror of a static pod belongs to its node, which has no namespace.
  const place = spokenPlace(owner.kind, owner.kind === 'Node' ? undefined : item.metadata.namespace, owner.name);
  const found = owners.get(place);
  return found === undefined ? place : topOwner(found, owners);
}

/** Labels that name one revision or one replica. */
const passingLabels = [
  'pod-template-hash',
  'controller-revision-hash',
  'pod-template-generation',
  'statefulset.kubernetes.io/pod-name',
  'apps.kubernetes.io/pod-index',
];

function spokenLabels({ metadata: { labels = {} } }: ApiObject): string {
  const lasting = Object.entries(labels).filter(([name]) => !passingLabels.includes(name));
  return `{${lasting
    .map(([name, value]) => `${name}=${value}`)
    .toSorted()
    .join(', ')}}`;
}

/** What is different in the later state, one line each. Empty: nothing. */
export function differenceOf(before: ClusterState, after: ClusterState): readonly string[] {
  const lines: string[] = [];
  for (const [place, earlier] of before.objects) {
    const later = after.objects.get(place);
    if (later === undefined) lines.push(`${place}: is gone`);
    else lines.push(...differentFields(place, earlier, later));
  }
  for (const place of after.objects.keys()) if (!before.objects.has(place)) lines.push(`${place}: is new`);
  for (const group of new Set([...before.pods.keys(), ...after.pods.keys()])) {
    const [was, is] = [before.pods.get(group) ?? 0, after.pods.get(group) ?? 0];
    if (was !== is) lines.push(`Pods of ${group}: ${was} → ${is}`);
  }
  return lines.toSorted();
}

function differentFields(place: string, earlier: ReadonlyMap<string, Json>, later: ReadonlyMap<string, Json>): readonly string[] {
  return [...new Set([...earlier.keys(), ...later.keys()])].flatMap((path) => {
    const [was, is] = [JSON.stringify(earlier.get(path)), JSON.stringify(later.get(path))];
    if (was === is) return [];
    // What is in a Secret is nobody's business, not even here.
    return [place.startsWith('Secret ') ? `${place}: ${path} differs` : `${place}: ${path}: ${was ?? 'absent'} → ${is ?? 'absent'}`];
  });
}

/** What an incident may leave behind. Empty: nothing of that is there. */
export async function leftovers(): Promise<readonly string[]> {
  const { items } = JSON.parse(await kubectl('get', 'nodes,pods,deployments', '--all-namespaces', '--output=json')) as {
    readonly items: readonly ApiObject[];
  };
  return items.flatMap((item) => leftIn(item).map((what) => `${placeOf(item)}: ${what}`));
}

function leftIn(item: ApiObject): readonly string[] {
  const { kind, metadata } = item;
  const spec = item['spec'] as { readonly unschedulable?: boolean; readonly paused?: boolean };
  switch (kind) {
    case 'Node':
      return spec.unschedulable === true ? ['is cordoned'] : [];
    case 'Deployment':
      return spec.paused === true ? ['its rollout is paused'] : [];
    case 'Pod':
      if (metadata.labels?.[debugPodLabel] !== undefined) return ['is a debug pod'];
      // A name that an owner made up, and no owner any more: its labels were changed.
      return metadata.generateName !== undefined && controllerOf(item) === undefined ? ['was taken from its owner'] : [];
    default:
      return [];
  }
}
