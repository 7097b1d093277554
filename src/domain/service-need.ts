import { type Citation, type Claim, citeObject, citeProbe, claimFromAll } from './citation.ts';
import type { ConnectivityProbe, ServiceCall } from './evidence.ts';
import type { LogClue } from './log-clue.ts';
import { awaitedHosts } from './awaited-hosts.ts';
import type { Replicas } from './replica.ts';
import type { Backend, ServiceBackends } from './service-backends.ts';

/** A sign that somebody calls a Service and gets no answer. */
export interface Need {
  readonly citation: Citation;
  readonly caller?: LogClue['replica'];
}

const unanswered: ReadonlySet<LogClue['kind']> = new Set([
  'connection-refused',
  'connection-timed-out',
  'no-route',
  'connection-reset',
  'name-not-resolved',
]);

export interface NeedFacts {
  readonly replicas: Replicas;
  readonly 'service-backends': ServiceBackends;
  readonly 'log-clues': readonly LogClue[] | undefined;
  readonly 'connectivity-probes': readonly ConnectivityProbe[] | undefined;
  readonly 'service-calls': readonly ServiceCall[] | undefined;
}

export function signsOfNeed(backend: Backend, facts: NeedFacts): readonly Need[] {
  const { namespace, name } = backend.service.metadata;
  const means = (host: string | undefined, from: string | undefined): boolean =>
    host !== undefined && facts['service-backends'].ofHost(host, from) === backend;
  const clues = (facts['log-clues'] ?? [])
    .filter((clue) => unanswered.has(clue.kind) && means(clue.host, clue.replica.pod.metadata.namespace))
    .map((clue) => ({ citation: clue.citation, caller: clue.replica }));
  const probes = (facts['connectivity-probes'] ?? [])
    .filter((probe) => probe.outcome !== 'connected' && means(probe.host, probe.from.kind === 'pod' ? probe.from.namespace : undefined))
    .map((probe) => ({ citation: citeProbe(probe, `${probe.outcome} ${probe.detail}`.trim()) }));
  const calls = (facts['service-calls'] ?? [])
    .filter((call) => call.callee.name === name && (call.callee.namespace ?? namespace) === namespace && (call.errorShare ?? 0) > 0.05)
    .map(
      (call): Need => ({
        citation: {
          of: { kind: 'service-call', caller: call.caller.name, callee: call.callee.name },
          shows: `error share ${call.errorShare}`,
        },
      }),
    );
  const waits = facts.replicas.failing.flatMap((replica) =>
    replica.troubles
      .filter((trouble) => trouble.isInit && trouble.kind === 'not-ready')
      .filter(({ container }) => awaitedHosts(replica, container).some((host) => means(host, replica.pod.metadata.namespace)))
      .map(
        ({ container }): Need => ({
          citation: citeObject(replica.pod, `spec.initContainers[${container}]: waits for ${name}`),
          caller: replica,
        }),
      ),
  );
  return [...clues, ...probes, ...calls, ...waits];
}

export function needClaim(needs: readonly Need[]): readonly Claim[] {
  const said = claimFromAll(
    'Others call it and get no answer.',
    needs.slice(0, 6).map((need) => need.citation),
  );
  return said === undefined ? [] : [said];
}
