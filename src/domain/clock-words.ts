import { citeLog, type Citation } from './citation.ts';
import type { ContainerLog } from './evidence.ts';
import { type Instant, millisecondsPerHour } from './instant.ts';
import type { Replica, Replicas } from './replica.ts';
import { sharedPlace } from './replica-place.ts';

/** How services and libraries say that the two clocks differ: S3, Kerberos, JSON web tokens, TLS. */
const saysClocksDiffer =
  /RequestTimeTooSkewed|Clock skew too great|KRB_AP_ERR_SKEW|used before issued|issued (?:at|in) the future|iat.{0,20}in the future|(?:token|jwt|assertion) (?:is )?not (?:yet active|yet valid|valid yet)|not yet valid: current time|clock skew (?:detected|too)|clocks? (?:are|is) (?:out of sync|skewed)/i;

/** Failing replicas of one workload that say so, all of them on one node, while their twins elsewhere are healthy. */
export interface ClockComplaint {
  readonly node: string;
  readonly replicas: readonly Replica[];
  readonly line: string;
  readonly citations: readonly [Citation, ...Citation[]];
}

export function clockComplaints(facts: {
  readonly now: Instant;
  readonly replicas: Replicas;
  readonly 'container-logs': readonly ContainerLog[] | undefined;
}): readonly ClockComplaint[] {
  const heard = (facts['container-logs'] ?? []).flatMap((log) => {
    const replica = facts.replicas.ofPod(log.namespace, log.pod);
    const line = log.lines.findLast(
      ({ text, at }) => saysClocksDiffer.test(text.slice(0, 1000)) && (at === undefined || facts.now - at < millisecondsPerHour),
    );
    return replica?.health !== 'failing' || line === undefined
      ? []
      : [{ replica, text: line.text, citation: citeLog(log, line.text.slice(0, 200), line.at) }];
  });
  const nodes = new Set(heard.flatMap(({ replica }) => replica.pod.spec.nodeName ?? []));
  return [...nodes].flatMap((node): readonly ClockComplaint[] => {
    const here = heard.filter(({ replica }) => replica.pod.spec.nodeName === node);
    const workloads = new Set(here.map(({ replica }) => replica.workload));
    // Whoever says so elsewhere as well has a peer whose clock is wrong.
    const all = heard.filter(({ replica }) => workloads.has(replica.workload)).map(({ replica }) => replica);
    const [first, ...more] = here;
    if (first === undefined || sharedPlace(all, facts.replicas, undefined) === undefined) return [];
    return [
      {
        node,
        replicas: [...new Set(here.map(({ replica }) => replica))],
        line: first.text.slice(0, 200),
        citations: [first.citation, ...more.slice(0, 3).map(({ citation }) => citation)],
      },
    ];
  });
}
