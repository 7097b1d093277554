import { type Citation, citeObject, citeProbe } from './citation.ts';
import type { ConnectivityProbe } from './evidence.ts';
import type { Node } from './kubernetes/node.ts';

/** Set by cloud controllers and administrators where the machine behind a node is off. */
const offTaints: ReadonlySet<string> = new Set(['node.cloudprovider.kubernetes.io/shutdown', 'node.kubernetes.io/out-of-service']);

/** True: something on the machine answered, if only with a refusal, so that it is up and can be reached. */
export function doesMachineAnswer(node: Node, probes: readonly ConnectivityProbe[] | undefined): boolean {
  return probesOf(node, probes).some((probe) => probe.outcome === 'connected' || probe.outcome === 'refused');
}

/** What shows that the machine itself, and not only its kubelet, cannot be reached. Empty: nothing shows it. */
export function machineSilence(node: Node, probes: readonly ConnectivityProbe[] | undefined): readonly Citation[] {
  const own = probesOf(node, probes);
  // A refusal comes from a machine that lives.
  if (doesMachineAnswer(node, probes)) return [];
  const silent = own.filter((probe) => isUnanswered(probe) && !isBarred(probe, probes ?? []));
  const off = node.spec.taints.filter((taint) => offTaints.has(taint.key ?? ''));
  return [
    ...off.map((taint) => citeObject(node, `taint ${taint.key}`, taint.timeAdded)),
    ...silent.slice(0, 2).map((probe) => citeProbe(probe, `${probe.outcome} ${probe.detail}`.trim())),
  ];
}

function isUnanswered({ outcome }: ConnectivityProbe): boolean {
  return outcome === 'timed-out' || outcome === 'unreachable';
}

/** From there nobody at all answers on that port: a firewall or a policy is in the way, and the machine may be well. */
function isBarred(probe: ConnectivityProbe, probes: readonly ConnectivityProbe[]): boolean {
  const alike = probes.filter(
    ({ from, port, host }) => from.kind === probe.from.kind && from.name === probe.from.name && port === probe.port && host !== probe.host,
  );
  return alike.length > 0 && alike.every(isUnanswered);
}

/** Attempts of others to reach the machine. */
function probesOf(node: Node, probes: readonly ConnectivityProbe[] | undefined): readonly ConnectivityProbe[] {
  const addresses = new Set([node.metadata.name, ...node.status.addresses.map((address) => address.address)]);
  return (probes ?? []).filter(
    (probe) => addresses.has(probe.host) && !(probe.from.kind === 'node' && probe.from.name === node.metadata.name),
  );
}
