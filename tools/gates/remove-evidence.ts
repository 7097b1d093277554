import { citeCall } from '../../src/domain/call-graph.ts';
import { type EvidencePointer, pointerKey, probeOrigin } from '../../src/domain/citation.ts';
import type {
  ConnectivityProbe,
  ContainerLog,
  EvidenceKind,
  MetricResult,
  NodeCommandOutput,
  Readings,
  ServiceCall,
  Snapshot,
} from '../../src/domain/evidence.ts';
import type { ApiObject } from '../../src/domain/kubernetes/resources.ts';

/** The snapshot as it would be, had the pointed-at evidence not been there. A cited list becomes one that nobody could read. */
export function removeEvidence(snapshot: Snapshot, pointers: readonly EvidencePointer[]): Snapshot {
  const gone = new Set(pointers.map(pointerKey));
  const lists = new Set(pointers.flatMap((pointer) => (pointer.kind === 'list' ? [pointer.evidence] : [])));
  const readings = Object.fromEntries(
    (Object.entries(snapshot.readings) as [EvidenceKind, NonNullable<Readings[EvidenceKind]>][]).map(([kind, reading]) => {
      if (reading.state !== 'read') return [kind, reading];
      if (lists.has(kind)) return [kind, takenAway];
      return [kind, { ...reading, value: (reading.value as readonly object[]).filter((item) => !gone.has(keyOf(kind, item))) }];
    }),
  );
  return { ...snapshot, readings: readings as Readings };
}

/** The snapshot as it would be, had nobody been able to read evidence of that kind. */
export function withoutKind(snapshot: Snapshot, kind: EvidenceKind): Snapshot {
  return { ...snapshot, readings: { ...snapshot.readings, [kind]: takenAway } };
}

const takenAway = { state: 'unreadable', because: 'not-recorded', detail: 'taken away' } as const;

function keyOf(kind: EvidenceKind, item: object): string {
  switch (kind) {
    case 'container-logs': {
      const log = item as ContainerLog;
      return pointerKey({ kind: 'log', namespace: log.namespace, pod: log.pod, container: log.container, isPrevious: log.isPrevious });
    }
    case 'metrics':
      return pointerKey({ kind: 'metric', expression: (item as MetricResult).expression });
    case 'node-commands': {
      const output = item as NodeCommandOutput;
      return pointerKey({ kind: 'node-command', node: output.node, command: output.command });
    }
    case 'connectivity-probes': {
      const probe = item as ConnectivityProbe;
      return pointerKey({ kind: 'probe', from: probeOrigin(probe), host: probe.host, port: probe.port });
    }
    case 'alert-history':
      return pointerKey({ kind: 'alert', alert: (item as { readonly alert: string }).alert });
    case 'scrape-targets': {
      const target = item as { readonly job: string; readonly instance: string };
      return pointerKey({ kind: 'scrape-target', job: target.job, instance: target.instance });
    }
    case 'service-calls': {
      return pointerKey(citeCall(item as ServiceCall).of);
    }
    default: {
      const object = item as ApiObject;
      return pointerKey({ kind: 'object', resource: kind, namespace: object.metadata.namespace, name: object.metadata.name });
    }
  }
}
