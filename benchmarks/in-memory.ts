import { catalogue } from '../src/catalogue/index.generated.ts';
import { parseInstant } from '../src/domain/instant.ts';
import type { Readings, Snapshot } from '../src/domain/evidence.ts';
import { type ResourceName, resources } from '../src/domain/kubernetes/resources.ts';
import { assess } from '../src/reasoning/assess.ts';
import { diagnose } from '../src/reasoning/diagnose.ts';
import { syntheticCluster, syntheticNow } from './synthetic-cluster.ts';
import { nobodyAsked } from '../src/domain/example-question.ts';

/** Reasons over a synthetic cluster that is in memory already, and tells what the thinking alone took. */
export function investigateInMemory(pods: number): {
  readonly investigation: {
    readonly outcome: string;
    readonly hypotheses: readonly { readonly failureMode: string; readonly subject: { readonly name: string } }[];
  };
  readonly objects: number;
  readonly cpuMilliseconds: number;
} {
  const snapshot = syntheticSnapshot(pods);
  const before = process.cpuUsage();
  const investigation = diagnose(assess(nobodyAsked, snapshot), catalogue);
  const { user, system } = process.cpuUsage(before);
  return {
    investigation,
    objects: Object.values(syntheticCluster(pods)).reduce((sum, list) => sum + list.count, 0),
    cpuMilliseconds: Math.round((user + system) / 1000),
  };
}

/** A synthetic cluster as it is once it was read. Kinds that it has no objects of are missing. */
export function syntheticSnapshot(pods: number): Snapshot {
  const at = parseInstant(syntheticNow) ?? 0;
  const readings = Object.fromEntries(
    Object.entries(syntheticCluster(pods)).map(([name, list]) => {
      const value = Array.from({ length: list.count }, (_each, index) => resources[name as ResourceName].shape.read(list.at(index)));
      return [name, { state: 'read', at, value, gaps: [] }];
    }),
  ) as Readings;
  return { takenAt: at, cluster: { source: 'recording', name: 'synthetic', version: undefined }, readings };
}
