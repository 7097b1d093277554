import { citeObject, claim, claimFromAll } from '../../domain/citation.ts';
import { groupBy } from '../../domain/collection.ts';
import { clockTime, formatInstant, millisecondsPerDay, millisecondsPerMinute, spokenDuration } from '../../domain/instant.ts';
import type { Service } from '../../domain/kubernetes/network.ts';
import { burstsOf } from '../../domain/service-growth.ts';
import { spokenSubject, subject, subjectKey } from '../../domain/subject.ts';
import type { FactSource } from '../fact-source.ts';
import type { SeenChange } from './seen-change.ts';

export function scalings(facts: FactSource): readonly SeenChange[] {
  return (facts.get('horizontalpodautoscalers')?.all ?? []).flatMap((autoscaler) => {
    const at = autoscaler.status.lastScaleTime;
    if (at === undefined) return [];
    const target = subject(
      autoscaler.spec.scaleTargetRef.kind ?? 'Deployment',
      autoscaler.metadata.namespace,
      autoscaler.spec.scaleTargetRef.name ?? '',
    );
    const summary = `${autoscaler.metadata.name} scaled ${spokenSubject(target)} to ${autoscaler.status.desiredReplicas ?? 'an unknown number of'} replicas`;
    return [
      {
        at,
        kind: 'scaling',
        subject: target,
        summary,
        seenIn: claim(`${summary} at ${clockTime(at)}.`, citeObject(autoscaler, `status.lastScaleTime: ${formatInstant(at)}`, at)),
        // A scaling adds replicas; those that were there before are not touched by it.
        reaches: (replica) => subjectKey(replica.workload) === subjectKey(target) && (replica.pod.metadata.creationTimestamp ?? 0) >= at,
        called: 'the scaling',
      } satisfies SeenChange,
    ];
  });
}

/** Containers of node agents (DaemonSet and static pods) that ended: a node's own services restarting under its pods. */
export function agentRestarts(facts: FactSource): readonly SeenChange[] {
  return (facts.get('replicas')?.all ?? [])
    .filter((replica) => replica.workload.kind === 'DaemonSet' || isStatic(replica.pod.metadata.annotations))
    .flatMap((replica) =>
      replica.pod.status.containerStatuses.flatMap((status) => {
        const ended = status.lastState.terminated;
        const at = ended?.finishedAt;
        const node = replica.pod.spec.nodeName;
        if (ended === undefined || at === undefined || node === undefined) return [];
        const why = `${ended.reason ?? 'ended'}${ended.exitCode === undefined ? '' : `, exit ${ended.exitCode}`}`;
        const summary = `${status.name} on ${node} restarted (${why})`;
        return [
          {
            at,
            kind: 'restart',
            subject: replica.workload,
            summary,
            seenIn: claim(
              `${summary} at ${clockTime(at)}.`,
              citeObject(replica.pod, `status.containerStatuses[${status.name}].lastState.terminated: ${why}`, at),
            ),
            reaches: (other) => other.pod.spec.nodeName === node && other !== replica,
            called: `the restart of ${status.name} on ${node}`,
          } satisfies SeenChange,
        ];
      }),
    );
}

function isStatic(annotations: { readonly [key: string]: string }): boolean {
  return annotations['kubernetes.io/config.source'] === 'file' || annotations['kubernetes.io/config.mirror'] !== undefined;
}

/** Fewer new Services in a day than this are everyday work. */
const batchSize = 10;

/** Services that came in batches: each adds rules to every node. */
export function serviceBatches(facts: FactSource): readonly SeenChange[] {
  const services = facts.get('services')?.all ?? [];
  return batchesOf(services)
    .filter((batch) => batch.services.length >= batchSize)
    .flatMap(({ services: batch, span }) => {
      const times = batch.flatMap((service) => service.metadata.creationTimestamp ?? []);
      const at = Math.max(...times);
      const summary = `${batch.length} Services created ${span} (${services.length} in all)`;
      const seenIn = claimFromAll(
        `${batch.length} of the ${services.length} Services were created on ${formatInstant(at).slice(0, 10)}, ${spokenDuration(facts.now - at)} before the collection.`,
        batch
          .slice(0, 3)
          .map((service) => citeObject(service, `metadata.creationTimestamp: ${formatInstant(service.metadata.creationTimestamp ?? at)}`)),
      );
      return seenIn === undefined
        ? []
        : [
            {
              at,
              kind: 'service',
              subject: subject('Namespace', undefined, commonNamespace(batch.map((service) => service.metadata.namespace ?? ''))),
              summary,
              seenIn,
              reaches: () => false,
              called: 'the new Services',
            } satisfies SeenChange,
          ];
    });
}

interface Batch {
  readonly services: readonly Service[];
  /** "in one day". */
  readonly span: string;
}

/** By day; where all came on one day, in the pieces that came onto more than there was before. */
function batchesOf(services: readonly Service[]): readonly Batch[] {
  const byDay = groupBy(services, (service) =>
    service.metadata.creationTimestamp === undefined
      ? undefined
      : String(Math.floor(service.metadata.creationTimestamp / millisecondsPerDay)),
  );
  if (byDay.size > 1) return [...byDay.values()].map((batch) => ({ services: batch, span: 'in one day' }));
  return burstsOf(services)
    .filter((burst) => burst.length <= services.length / 2)
    .map((burst) => ({ services: burst, span: `within ${spokenDuration(spanOf(burst))}` }));
}

function spanOf(burst: readonly Service[]): number {
  const times = burst.flatMap((service) => service.metadata.creationTimestamp ?? []);
  return Math.max(millisecondsPerMinute, Math.max(...times) - Math.min(...times));
}

function commonNamespace(namespaces: readonly string[]): string {
  const [first] = [...groupBy(namespaces, (name) => name).entries()].toSorted(([, left], [, right]) => right.length - left.length);
  return first?.[0] ?? 'default';
}
