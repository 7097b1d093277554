import { badCallsInto } from './call-graph.ts';
import { type DependencyFacts, repeatedTimes } from './dependency-trouble.ts';
import { type Subject, subjectKey } from './subject.ts';

/** Whoever calls these workloads is hurt: what was measured of the calls says so, or the callers name them in their logs again and again. */
export function isFeltByCallers(
  workloads: readonly Subject[],
  facts: Pick<DependencyFacts, 'replicas' | 'log-clues' | 'service-backends' | 'service-calls'>,
): boolean {
  const keys = new Set(workloads.map(subjectKey));
  const isAboutThem = (host: string | undefined, namespace: string | undefined): boolean =>
    (facts['service-backends']?.ofHost(host, namespace)?.pods ?? []).some(({ metadata }) => {
      const workload = facts.replicas.ofPod(metadata.namespace, metadata.name)?.workload;
      return workload !== undefined && keys.has(subjectKey(workload));
    });
  return (
    badCallsInto(workloads, facts).length > 0 ||
    facts['log-clues'].some(
      ({ count, host, replica }) =>
        count >= repeatedTimes && !keys.has(subjectKey(replica.workload)) && isAboutThem(host, replica.pod.metadata.namespace),
    )
  );
}
