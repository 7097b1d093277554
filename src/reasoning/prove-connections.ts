import { citeProbe, claim } from '../domain/citation.ts';
import { plainHost } from '../domain/cluster-host.ts';
import type { Destination } from '../domain/destination.ts';
import type { ConnectivityProbe } from '../domain/evidence.ts';
import type { Instant } from '../domain/instant.ts';
import type { Proof } from '../domain/proof.ts';
import { quoted, shellWord } from '../domain/shell-word.ts';
import type { Assessment } from './assess.ts';
import { addressOf, containerOn, type ContainerThere, destinationsToProve } from './connections-to-prove.ts';

/** One proof for each destination: reached from the network that pods have on this node. */
export function proveConnections(
  node: string,
  assessment: Assessment,
  { destinations, since }: { readonly destinations: readonly Destination[]; readonly since: Instant },
): readonly Proof[] {
  const wanted = destinationsToProve(destinations, assessment);
  if (wanted.length === 0)
    return [
      {
        id: 'connection',
        claim: `a pod on ${node} reaches a Service`,
        holds: 'cannot-tell',
        because: [],
        wouldSettle: 'The Services could not be read, so there is nothing to connect to: kubectl get services -A',
      },
    ];
  return wanted.map((each) => proveConnection(node, each, { assessment, since }));
}

interface Look {
  readonly assessment: Assessment;
  readonly since: Instant;
}

function proveConnection(node: string, destination: Destination, look: Look): Proof {
  const { host, port } = destination;
  const address = addressOf(destination, look.assessment);
  const proof = { id: `connection ${host}:${port}`, claim: `a pod on ${node} reaches ${host}:${port}` };
  const probes = probesTo([host, address], port, look);
  const own = probes.filter((probe) => placeOf(probe) === node);
  const failed = own.filter(({ outcome }) => outcome !== 'connected');
  const [first] = failed.length > 0 ? failed : own;
  if (first === undefined)
    return {
      ...proof,
      holds: 'cannot-tell',
      because: [],
      wouldSettle: howToTry(node, { address, port, through: containerOn(node, [destination], look.assessment) }),
    };
  const says =
    failed.length > 0
      ? `From a pod on ${node} ${host}:${port} is not reached: ${first.outcome}.`
      : `From a pod on ${node} ${host}:${port} is reached.`;
  const because = [claim(says, citeProbe(first, `${first.outcome} ${first.detail}`.trim()))];
  if (failed.length === 0) return { ...proof, holds: 'yes', because };
  const good = probes.filter((probe) => placeOf(probe) !== node);
  const [elsewhere] = good;
  if (elsewhere === undefined || good.some(({ outcome }) => outcome === 'connected')) return { ...proof, holds: 'no', because };
  // It is not the node then, but nothing is shown about the node either.
  return {
    ...proof,
    holds: 'cannot-tell',
    because: [
      ...because,
      claim(`Nor is it from ${placeOf(elsewhere) ?? 'another node'}: ${elsewhere.outcome}.`, citeProbe(elsewhere, elsewhere.outcome)),
    ],
    wouldSettle: `${host}:${port} must be reached from a good node first`,
  };
}

/** Only from the pod network: a node's own network, and pods that share it, take another way than other pods do. */
function probesTo(hosts: readonly string[], port: number, { assessment: { facts }, since }: Look): readonly ConnectivityProbe[] {
  const replicas = facts.get('replicas');
  const plain = new Set(hosts.map(plainHost));
  return (facts.get('connectivity-probes') ?? []).filter(({ from, host, port: tried, protocol, at }) => {
    if (from.kind !== 'pod' || protocol === 'icmp') return false;
    const isOnHost = replicas?.ofPod(from.namespace, from.name)?.pod.spec.hostNetwork === true;
    return !isOnHost && tried === port && plain.has(plainHost(host)) && (at === undefined || at >= since);
  });
}

function placeOf({ from }: ConnectivityProbe): string | undefined {
  return from.kind === 'pod' ? from.node : from.name;
}

/** A pod with its node set by hand is placed there although the node is cordoned. */
function howToTry(
  node: string,
  { address, port, through }: { readonly address: string; readonly port: number; readonly through: ContainerThere | undefined },
): string {
  const overrides = quoted(JSON.stringify({ spec: { nodeName: node } }));
  const own = '--node-access debug-pod tries it from a pod of its own there';
  const there = through === undefined ? '' : `--allow-exec tries it from ${through.namespace}/${through.name}, which runs there; `;
  return `${there}${own}. By hand: kubectl run probe --rm -it --restart=Never --image=busybox --overrides=${overrides} -- nc -zvw3 ${shellWord(address)} ${port}`;
}
