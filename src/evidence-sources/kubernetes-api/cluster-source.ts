import type { EvidenceKind, EvidenceShapes, Reading } from '../../domain/evidence.ts';
import { resourceNames } from '../../domain/kubernetes/resources.ts';
import { isRecord } from '../../domain/shape.ts';
import type { Clock } from '../../ports/clock.ts';
import { type EvidenceRequest, type EvidenceSource, type Identity, readAll, unreadable } from '../../ports/evidence-source.ts';
import type { EvidenceTap } from '../../ports/evidence-tap.ts';
import { isResourceName } from '../../recording-format/evidence-names.ts';
import type { Answer, ApiClient } from './api-client.ts';
import type { Connection } from './connection.ts';
import { failure } from './failure.ts';
import type { ChosenCluster } from './kubeconfig.ts';
import type { ClusterLimits } from './limits.ts';
import { kubernetesPermissions } from './permissions.ts';
import { readLogs } from './read-logs.ts';
import { type NamespacesToTry, type ObjectReader, readObjects } from './read-objects.ts';

export interface ClusterParts {
  readonly api: ApiClient;
  readonly connection: Connection;
  readonly cluster: ChosenCluster;
  readonly limits: ClusterLimits;
  readonly tap: EvidenceTap | undefined;
  readonly clock: Clock;
  /** Looked into first where a list is refused as a whole. */
  readonly preferred: string;
}

/** A live cluster as a source of evidence. Reads only. */
export function clusterSource(parts: ClusterParts): EvidenceSource {
  const { api, connection, limits, tap, clock } = parts;
  let namespaces: Promise<NamespacesToTry> | undefined;
  const reader: ObjectReader = {
    client: api,
    limits,
    tap,
    readableNamespaces(signal) {
      namespaces ??= namespacesToTry(reader, parts.preferred, signal);
      return namespaces;
    },
  };
  return {
    name: 'kubernetes-api',
    provides: [...resourceNames, 'container-logs'],
    permissions: kubernetesPermissions,
    identify: (signal) => identify(parts, signal),
    async read<Kind extends EvidenceKind>(request: EvidenceRequest<Kind>, signal: AbortSignal): Promise<Reading<Kind>> {
      const { kind } = request;
      if (kind === 'container-logs') {
        const reading = await readLogs(reader, request.logs ?? [], signal);
        return reading.state === 'read' ? readAll(clock.now(), reading.logs as EvidenceShapes[Kind], reading.gaps) : reading;
      }
      if (!isResourceName(kind)) return unreadable('not-configured', `the Kubernetes API does not tell ${kind}`);
      const reading = await readObjects(reader, kind, request.namespaces, signal);
      return reading.state === 'read' ? readAll(clock.now(), reading.objects as unknown as EvidenceShapes[Kind], reading.gaps) : reading;
    },
    cost: () => ({ requests: api.requests(), bytes: connection.bytesReceived() }),
    close: () => connection.close(),
  };
}

async function namespacesToTry(reader: ObjectReader, preferred: string, signal: AbortSignal): Promise<NamespacesToTry> {
  const reading = await readObjects(reader, 'namespaces', [], signal);
  if (reading.state === 'unreadable') return { names: [preferred], areAll: false };
  const names = reading.objects.map((object) => object.metadata.name).filter((name) => name !== preferred);
  return { names: [preferred, ...names], areAll: reading.gaps.length === 0 };
}

/** Two attempts: long enough for a load balancer to move on, short enough for somebody who mistyped a context. */
const identifyAttempts = 2;

async function identify({ api, cluster, clock }: ClusterParts, signal: AbortSignal): Promise<Identity> {
  const attempted = `asking ${cluster.server}/version (context "${cluster.context}")`;
  const answer = await api.ask({ path: '/version', as: 'json', attempts: identifyAttempts }, signal);
  if (answer.state === 'json' && isRecord(answer.value) && typeof answer.value['gitVersion'] === 'string') {
    return {
      state: 'reached',
      now: clock.now(),
      cluster: { source: 'live', name: cluster.clusterName, version: answer.value['gitVersion'] },
    };
  }
  // Hardened clusters show their version only to few; that they say so is proof enough that they are there.
  if (answer.state === 'refused' && answer.status === 403) {
    return { state: 'reached', now: clock.now(), cluster: { source: 'live', name: cluster.clusterName, version: undefined } };
  }
  return failure(attempted, happenedIn(answer), whatToDoAfter(answer, cluster));
}

function happenedIn(answer: Answer): string {
  switch (answer.state) {
    case 'refused':
      return answer.status === 401 ? 'the server does not accept the credentials: they are wrong or have expired (401)' : answer.message;
    case 'no-answer':
      return answer.detail;
    case 'too-large':
      return answer.detail;
    case 'json':
    case 'text':
      return 'the answer is not one of a Kubernetes API server';
  }
}

function whatToDoAfter(answer: Answer, { context, user }: ChosenCluster): string {
  if (answer.state === 'refused' && answer.status === 401)
    return `log in again as "${user}"; "kubectl --context ${context} version" shows the same`;
  if (answer.state === 'no-answer')
    return answer.whatToDo ?? 'check the network, a VPN and the server’s address, or investigate a saved bundle with --recording';
  return 'check the server’s address in the kubeconfig, or choose another one with --context';
}
