import type { JudgedAlert } from './alert.ts';
import type { Collection } from './collection.ts';
import type { EvidenceKind, EvidenceShapes } from './evidence.ts';
import type { Instant } from './instant.ts';
import type { ObjectOf, ResourceName } from './kubernetes/resources.ts';
import type { LogClue } from './log-clue.ts';
import type { NodeReport } from './node-report.ts';
import type { Replicas } from './replica.ts';
import type { SchedulingVerdict } from './scheduling.ts';
import type { ServiceBackends } from './service-backends.ts';

/** Evidence that is worked out from other evidence once, before any rule runs. */
export interface DerivedFacts {
  /** Every pod with its workload and what is wrong with it. */
  readonly replicas: Replicas;
  /** What the logs of failing replicas say in words that healthy ones do not say. */
  readonly 'log-clues': readonly LogClue[];
  /** Services followed to their endpoints, pods and container ports. */
  readonly 'service-backends': ServiceBackends;
  /** What the commands on a node say, parsed. */
  readonly 'node-reports': readonly NodeReport[];
  /** Why each pending pod fits on no node, recomputed from pods and nodes. */
  readonly scheduling: readonly SchedulingVerdict[];
  /** The page and what became of it on a second look. Absent: nobody was paged, or it was not judged yet. */
  readonly 'judged-alert': JudgedAlert;
}

/** What each kind of derived fact cannot do without, and what makes it better. */
export const derivedFrom: {
  readonly [Kind in keyof DerivedFacts]: { readonly needs: readonly EvidenceKind[]; readonly helpedBy: readonly EvidenceKind[] };
} = {
  replicas: {
    needs: ['pods'],
    helpedBy: ['replicasets', 'jobs', 'nodes', 'deployments', 'statefulsets', 'daemonsets', 'controllerrevisions', 'metrics'],
  },
  'log-clues': { needs: ['container-logs', 'pods'], helpedBy: ['replicasets', 'jobs'] },
  'service-backends': { needs: ['services', 'pods'], helpedBy: ['endpointslices', 'endpoints'] },
  'node-reports': { needs: ['node-commands'], helpedBy: ['services', 'endpointslices', 'endpoints', 'nodes'] },
  scheduling: { needs: ['pods', 'nodes'], helpedBy: ['persistentvolumeclaims', 'persistentvolumes', 'storageclasses', 'namespaces'] },
  'judged-alert': { needs: [], helpedBy: ['metrics', 'alert-history', 'scrape-targets', 'pods'] },
};

export type FactKind = EvidenceKind | keyof DerivedFacts;

/** How a rule sees each kind: API objects as an indexed collection, all else as it was collected or derived. */
export type FactOf<Kind extends FactKind> = Kind extends ResourceName
  ? Collection<ObjectOf<Kind>>
  : Kind extends keyof DerivedFacts
    ? DerivedFacts[Kind]
    : Kind extends EvidenceKind
      ? EvidenceShapes[Kind]
      : never;

/** `undefined` means "could not be read". An empty list means "was read, and there was none". */
export type Facts<Needs extends FactKind, Helps extends FactKind> = { readonly now: Instant } & {
  readonly [Kind in Needs]: FactOf<Kind>;
} & {
  readonly [Kind in Exclude<Helps, Needs>]: FactOf<Kind> | undefined;
};
