import type { Citation } from './citation.ts';
import { citeProbe } from './citation.ts';
import type { ConnectivityProbe } from './evidence.ts';
import type { ClueKind, LogClue } from './log-clue.ts';
import type { Replica } from './replica.ts';
import type { Backend, ServiceBackends } from './service-backends.ts';

const unreached: ReadonlySet<ClueKind> = new Set(['connection-refused', 'connection-timed-out', 'connection-reset', 'no-route']);

/** Who says, or what shows, that a Service is not reached. */
export interface Complaints {
  readonly citations: readonly Citation[];
  /** Failing replicas that say so. */
  readonly clients: readonly Replica[];
  /** Ports that were tried. Empty: not told. */
  readonly ports: ReadonlySet<number>;
}

export interface ComplaintFacts {
  readonly 'service-backends': ServiceBackends;
  readonly 'log-clues': readonly LogClue[] | undefined;
  readonly 'connectivity-probes': readonly ConnectivityProbe[] | undefined;
}

/** Logs and probes by the Service that they are about, made once for a rule that looks at every Service. */
export function complaintsByService(facts: ComplaintFacts): (backend: Backend) => Complaints {
  const backends = facts['service-backends'];
  const clues = (facts['log-clues'] ?? []).flatMap((clue) => {
    const backend = unreached.has(clue.kind) ? backends.ofHost(clue.host, clue.replica.pod.metadata.namespace) : undefined;
    return backend === undefined ? [] : [{ backend, clue }];
  });
  const probes = (facts['connectivity-probes'] ?? []).flatMap((probe) => {
    const isFailure = ['refused', 'timed-out', 'unreachable', 'rejected'].includes(probe.outcome);
    const backend = isFailure ? backends.ofHost(probe.host, probe.from.kind === 'pod' ? probe.from.namespace : undefined) : undefined;
    return backend === undefined ? [] : [{ backend, probe }];
  });
  return (wanted) => {
    const own = clues.filter(({ backend }) => backend.service === wanted.service).map(({ clue }) => clue);
    const tried = probes.filter(({ backend }) => backend.service === wanted.service).map(({ probe }) => probe);
    return {
      citations: [
        ...own.slice(0, 3).map((clue) => clue.citation),
        ...tried.slice(0, 2).map((probe) => citeProbe(probe, `${probe.outcome} ${probe.detail}`.trim())),
      ],
      clients: [...new Set(own.filter((clue) => clue.replica.health === 'failing').map((clue) => clue.replica))],
      ports: new Set([...own.flatMap((clue) => clue.port ?? []), ...tried.flatMap((probe) => probe.port ?? [])]),
    };
  };
}
