import type { CallPeer, ServiceCall } from '../domain/evidence.ts';
import { isRecord } from '../domain/shape.ts';
import { entriesOf, firstOf, type LooseRecord, numberOf, recordOf, textOf, type Understood, understandEach } from './loose-values.ts';

/** Who calls whom. A peer is {namespace, name}, or the text "namespace/name" or "name". */
export function readServiceCalls(raw: unknown): Understood<ServiceCall> {
  return understandEach(entriesOf(raw, 'calls', 'edges'), (each) => {
    const entry = recordOf(each);
    const caller = peerOf(firstOf(entry, 'caller', 'from', 'source', 'client'));
    const callee = peerOf(firstOf(entry, 'callee', 'to', 'target', 'server'));
    if (caller === undefined || callee === undefined) return 'no "caller" and "callee"';
    return {
      caller,
      callee,
      requestsPerSecond: numberOf(entry['requestsPerSecond']),
      errorShare: numberOf(entry['errorShare']),
      latencyMilliseconds: numberOf(entry['latencyMilliseconds']),
      usualRequestsPerSecond: numberOf(entry['usualRequestsPerSecond']),
      usualErrorShare: numberOf(entry['usualErrorShare']),
      usualLatencyMilliseconds: numberOf(entry['usualLatencyMilliseconds']),
    };
  });
}

function peerOf(raw: unknown): CallPeer | undefined {
  if (isRecord(raw)) {
    const name = textOf(firstOf(raw, 'name', 'service', 'workload'));
    return name === undefined ? undefined : { namespace: textOf(raw['namespace']), name };
  }
  const written = textOf(raw);
  if (written === undefined) return undefined;
  const slash = written.indexOf('/');
  return slash < 0 ? { namespace: undefined, name: written } : { namespace: written.slice(0, slash), name: written.slice(slash + 1) };
}

/** Figures that were not measured are left out, as JSON does with undefined. */
export function writeServiceCall(call: ServiceCall): LooseRecord {
  return { ...call };
}
