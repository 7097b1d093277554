import { type Citation, citeObject, citeProbe } from './citation.ts';
import type { ConnectivityProbe } from './evidence.ts';
import type { Node } from './kubernetes/node.ts';

/** Set by cloud controllers and administrators where the machine behind a node is off. */
const offTaints: ReadonlySet<string> = new Set(['node.cloudprovider.kubernetes.io/shutdown', 'node.kubernetes.io/out-of-service']);

/** What shows that the machine itself, and not only its kubelet, cannot be reached. Empty: nothing shows it. */
export function machineSilence(node: Node, probes: readonly ConnectivityProbe[] | undefined): readonly Citation[] {
  const addresses = new Set([node.metadata.name, ...node.status.addresses.map((address) => address.address)]);
  const own = (probes ?? []).filter(
    (probe) => addresses.has(probe.host) && !(probe.from.kind === 'node' && probe.from.name === node.metadata.name),
  );
  // A refusal comes from a machine that lives.
  if (own.some((probe) => probe.outcome === 'connected' || probe.outcome === 'refused')) return [];
  const silent = own.filter((probe) => probe.outcome === 'timed-out' || probe.outcome === 'unreachable');
  const off = node.spec.taints.filter((taint) => offTaints.has(taint.key ?? ''));
  return [
    ...off.map((taint) => citeObject(node, `taint ${taint.key}`, taint.timeAdded)),
    ...silent.slice(0, 2).map((probe) => citeProbe(probe, `${probe.outcome} ${probe.detail}`.trim())),
  ];
}
