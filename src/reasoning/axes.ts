import type { Node } from '../domain/kubernetes/node.ts';
import { nodeTraits } from '../domain/node-traits.ts';
import type { Replica } from '../domain/replica.ts';

/** One way in which replicas can differ. Undefined: not known for this replica. */
export interface AxisDefinition {
  readonly axis: string;
  /** Lower acts first where two axes split alike: what a human can act on, and what usually is the cause. */
  readonly order: number;
  readonly valueOf: (replica: Replica, node: Node | undefined) => string | undefined;
}

/** Axes that belong to the workload itself; all others are the place where a replica runs. */
export const axesOfWorkload: ReadonlySet<string> = new Set(['revision', 'image digest', 'configuration', 'service account']);

/** The zone and the pool: where somebody decided to run it. */
const placesFirst = 2;

const definitions: readonly AxisDefinition[] = [
  { axis: 'revision', order: 1, valueOf: (replica) => replica.revision },
  { axis: 'node', order: 2, valueOf: (replica) => replica.pod.spec.nodeName },
  ...nodeTraits.map(
    ({ trait, valueOf }, index): AxisDefinition => ({
      axis: trait,
      // What a pod brings with it comes after where it was placed, and before what its machine is like.
      order: index < placesFirst ? 3 + index : 5 + index,
      valueOf: (_replica, node) => (node === undefined ? undefined : valueOf(node)),
    }),
  ),
  { axis: 'image digest', order: 5, valueOf: (replica) => imageDigests(replica) },
  { axis: 'configuration', order: 6, valueOf: (replica) => configurationHash(replica) },
  { axis: 'pod network', order: 15, valueOf: (_replica, node) => node?.spec.podCIDR },
  { axis: 'service account', order: 16, valueOf: (replica) => replica.pod.spec.serviceAccountName },
  { axis: 'namespace', order: 17, valueOf: (replica) => replica.pod.metadata.namespace },
];

/** Every axis that the API knows, in their order. */
export const axisDefinitions: readonly AxisDefinition[] = definitions.toSorted((left, right) => left.order - right.order);

function imageDigests(replica: Replica): string | undefined {
  const digests = replica.pod.status.containerStatuses.map((status) => /sha256:[0-9a-f]{12}/.exec(status.imageID ?? '')?.[0]);
  return digests.length > 0 && digests.every((digest) => digest !== undefined) ? digests.join(' ') : undefined;
}

/** Charts and operators write a hash of the mounted configuration into an annotation so that a change rolls the pods. */
function configurationHash(replica: Replica): string | undefined {
  const hashes = Object.entries(replica.pod.metadata.annotations).filter(([key]) =>
    /(^|[/.-])(checksum|config-hash|configmap-hash)|checksum\//i.test(key),
  );
  return hashes.length === 0
    ? undefined
    : hashes
        .map(([key, value]) => `${key}=${value.slice(0, 12)}`)
        .toSorted()
        .join(' ');
}
