import type { ConnectivityProbe } from '../domain/evidence.ts';
import { formatInstant } from '../domain/instant.ts';
import { redactText } from '../domain/redaction.ts';
import { isRecord } from '../domain/shape.ts';
import {
  entriesOf,
  firstOf,
  type LooseRecord,
  numberOf,
  recordOf,
  textOf,
  timeOf,
  type Understood,
  understandEach,
} from './loose-values.ts';

/** Attempts to reach an address. Accepts `from: {pod, namespace, node}`, `from: {node}`, and "host:port" in one text. */
export function readConnectivityProbes(raw: unknown): Understood<ConnectivityProbe> {
  return understandEach(entriesOf(raw, 'probes', 'results'), readProbe);
}

function readProbe(raw: unknown): ConnectivityProbe | string {
  const entry = recordOf(raw);
  const from = originOf(entry['from'] ?? entry['source']);
  if (from === undefined) return 'no "from" with a pod and its namespace, or a node';
  const target = targetOf(firstOf(entry, 'to', 'target', 'host', 'address'));
  if (target === undefined) return 'no "host" to reach';
  const said = textOf(firstOf(entry, 'outcome', 'result', 'status'));
  const outcome = said === undefined ? undefined : outcomes[said.toLowerCase().replace(/[^a-z]+/g, '-')];
  if (outcome === undefined)
    return `an "outcome" of ${said ?? 'nothing'}, which is none of connected, refused, timed-out, name-not-resolved, unreachable, rejected, failed`;
  const protocol = textOf(entry['protocol'])?.toLowerCase();
  return {
    from,
    host: target.host,
    port: numberOf(entry['port']) ?? target.port,
    protocol:
      protocol === 'udp' || protocol === 'http' || protocol === 'dns' || protocol === 'icmp'
        ? protocol
        : protocol === 'https'
          ? 'http'
          : 'tcp',
    outcome,
    detail: redactText(textOf(firstOf(entry, 'detail', 'output', 'message')) ?? ''),
    at: timeOf(firstOf(entry, 'at', 'time')),
  };
}

const outcomes: { readonly [said: string]: ConnectivityProbe['outcome'] } = {
  connected: 'connected',
  ok: 'connected',
  success: 'connected',
  succeeded: 'connected',
  open: 'connected',
  reached: 'connected',
  resolved: 'connected',
  refused: 'refused',
  'connection-refused': 'refused',
  econnrefused: 'refused',
  closed: 'refused',
  'timed-out': 'timed-out',
  timeout: 'timed-out',
  'time-out': 'timed-out',
  'connection-timed-out': 'timed-out',
  etimedout: 'timed-out',
  'name-not-resolved': 'name-not-resolved',
  nxdomain: 'name-not-resolved',
  enotfound: 'name-not-resolved',
  'not-resolved': 'name-not-resolved',
  unreachable: 'unreachable',
  'no-route': 'unreachable',
  'no-route-to-host': 'unreachable',
  'network-unreachable': 'unreachable',
  ehostunreach: 'unreachable',
  rejected: 'rejected',
  reset: 'rejected',
  'connection-reset': 'rejected',
  econnreset: 'rejected',
  failed: 'failed',
  failure: 'failed',
  error: 'failed',
};

function originOf(raw: unknown): ConnectivityProbe['from'] | undefined {
  if (typeof raw === 'string') return spokenOrigin(raw);
  if (!isRecord(raw)) return undefined;
  const kind = textOf(raw['kind'])?.toLowerCase();
  const node = textOf(raw['node']);
  const pod = textOf(raw['pod']) ?? (kind === 'pod' ? textOf(raw['name']) : undefined);
  if (pod !== undefined) {
    const [before, after] = pod.split('/', 2);
    const namespace = textOf(raw['namespace']) ?? (after === undefined ? undefined : before);
    return namespace === undefined ? undefined : { kind: 'pod', namespace, name: after ?? pod, node };
  }
  const name = kind === 'node' ? (textOf(raw['name']) ?? node) : node;
  return name === undefined ? undefined : { kind: 'node', name };
}

/** "pod/payments/web-1" and "node/worker-1". */
function spokenOrigin(raw: string): ConnectivityProbe['from'] | undefined {
  const [kind, first, second] = raw.split('/');
  if (kind === 'node' && first !== undefined && first !== '') return { kind: 'node', name: first };
  return kind === 'pod' && first !== undefined && second !== undefined
    ? { kind: 'pod', namespace: first, name: second, node: undefined }
    : undefined;
}

function targetOf(raw: unknown): { readonly host: string; readonly port: number | undefined } | undefined {
  if (isRecord(raw)) return targetOf(firstOf(raw, 'host', 'address', 'name'));
  const written = textOf(raw);
  if (written === undefined) return undefined;
  // An IPv6 address holds several colons; it is only followed by a port when it stands in brackets.
  const parts = /^\[([^\]]+)\]:(\d+)$/.exec(written) ?? /^([^:]+):(\d+)$/.exec(written);
  return parts === null ? { host: written, port: undefined } : { host: parts[1] ?? written, port: Number(parts[2]) };
}

export function writeConnectivityProbe(probe: ConnectivityProbe): LooseRecord {
  const from =
    probe.from.kind === 'node'
      ? { node: probe.from.name }
      : { pod: probe.from.name, namespace: probe.from.namespace, ...(probe.from.node === undefined ? {} : { node: probe.from.node }) };
  return {
    from,
    host: probe.host,
    ...(probe.port === undefined ? {} : { port: probe.port }),
    protocol: probe.protocol,
    outcome: probe.outcome,
    detail: probe.detail,
    ...(probe.at === undefined ? {} : { at: formatInstant(probe.at) }),
  };
}
