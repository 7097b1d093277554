import type { Collection } from './collection.ts';
import type { NetworkPolicy } from './kubernetes/network.ts';
import type { Namespace } from './kubernetes/node.ts';
import type { Pod } from './kubernetes/pod.ts';
import { type LabelSelector, matchesSelector } from './label-selector.ts';

/** One connection, as a policy sees it: after the Service's address was replaced by that of a pod. */
export interface Flow {
  readonly client: Pod;
  readonly server: FlowServer;
  /** The port on the server itself. Undefined: not known; then rules that name ports decide nothing. */
  readonly port: number | undefined;
  readonly protocol: 'TCP' | 'UDP' | 'SCTP';
}
export type FlowServer = { readonly kind: 'pod'; readonly pod: Pod } | { readonly kind: 'address'; readonly address: string | undefined };

/** blocked: the policies select the pod, and none of their rules lets the flow through. unknown: a rule could not be judged. */
export type PolicyVerdict =
  | { readonly state: 'allowed' }
  | { readonly state: 'unknown' }
  | {
      readonly state: 'blocked';
      readonly direction: 'egress' | 'ingress';
      readonly policies: readonly [NetworkPolicy, ...NetworkPolicy[]];
    };

type Rule = NetworkPolicy['spec']['egress'][number] | NetworkPolicy['spec']['ingress'][number];
type Peer = NetworkPolicy['spec']['egress'][number]['to'][number];
type PolicyPort = Rule['ports'][number];
type Answer = 'yes' | 'no' | 'unknown';

export interface PolicyWorld {
  readonly policies: Collection<NetworkPolicy>;
  readonly namespaces: Collection<Namespace> | undefined;
}

/**
 * What NetworkPolicies make of a flow. Source: https://kubernetes.io/docs/concepts/services-networking/network-policies/.
 * A pod that no policy selects for a direction is open in it; policies only ever add to what is allowed.
 */
export function judgeFlow(flow: Flow, world: PolicyWorld): PolicyVerdict {
  const egress = judgeDirection('egress', flow, world);
  if (egress.state !== 'allowed' || flow.server.kind === 'address') return egress;
  return judgeDirection('ingress', flow, world);
}

function judgeDirection(direction: 'egress' | 'ingress', flow: Flow, world: PolicyWorld): PolicyVerdict {
  const guarded = direction === 'egress' ? flow.client : flow.server.kind === 'pod' ? flow.server.pod : undefined;
  // Policies do not hold for pods that use their node's own network.
  if (guarded === undefined || guarded.spec.hostNetwork === true) return { state: 'allowed' };
  const [first, ...more] = policiesFor(guarded, direction, world.policies);
  if (first === undefined) return { state: 'allowed' };
  const answers = [first, ...more].flatMap((policy) =>
    rulesOf(policy, direction).map((rule) => ruleAllows(rule, direction, policy, flow, world)),
  );
  if (answers.includes('yes')) return { state: 'allowed' };
  return answers.includes('unknown') ? { state: 'unknown' } : { state: 'blocked', direction, policies: [first, ...more] };
}

/** Policies that select the pod and speak about the direction. An empty podSelector selects every pod of the namespace. */
export function policiesFor(pod: Pod, direction: 'egress' | 'ingress', policies: Collection<NetworkPolicy>): readonly NetworkPolicy[] {
  return policies
    .inNamespace(pod.metadata.namespace)
    .filter((policy) => speaksAbout(policy, direction) && matchesSelector(policy.spec.podSelector, pod.metadata.labels));
}

/** Without policyTypes a policy is about ingress, and about egress only where it has egress rules. */
function speaksAbout({ spec }: NetworkPolicy, direction: 'egress' | 'ingress'): boolean {
  if (spec.policyTypes.length > 0) return spec.policyTypes.some((type) => type.toLowerCase() === direction);
  return direction === 'ingress' || spec.egress.length > 0;
}

function rulesOf({ spec }: NetworkPolicy, direction: 'egress' | 'ingress'): readonly Rule[] {
  return direction === 'egress' ? spec.egress : spec.ingress;
}

function ruleAllows(rule: Rule, direction: 'egress' | 'ingress', policy: NetworkPolicy, flow: Flow, world: PolicyWorld): Answer {
  const peers = 'to' in rule ? rule.to : rule.from;
  const ofPeers: Answer = peers.length === 0 ? 'yes' : any(peers.map((peer) => peerMatches(peer, direction, policy, flow, world)));
  const ofPorts: Answer = rule.ports.length === 0 ? 'yes' : any(rule.ports.map((port) => portMatches(port, flow)));
  if (ofPeers === 'no' || ofPorts === 'no') return 'no';
  return ofPeers === 'yes' && ofPorts === 'yes' ? 'yes' : 'unknown';
}

function any(answers: readonly Answer[]): Answer {
  return answers.includes('yes') ? 'yes' : answers.includes('unknown') ? 'unknown' : 'no';
}

function peerMatches(peer: Peer, direction: 'egress' | 'ingress', policy: NetworkPolicy, flow: Flow, world: PolicyWorld): Answer {
  const other: FlowServer = direction === 'egress' ? flow.server : { kind: 'pod', pod: flow.client };
  if (peer.ipBlock !== undefined) return blockMatches(peer.ipBlock, other.kind === 'pod' ? other.pod.status.podIP : other.address);
  if (other.kind !== 'pod') return 'no';
  const inNamespace = namespaceMatches(peer.namespaceSelector, policy, other.pod, world);
  const isSelected = peer.podSelector === undefined || matchesSelector(peer.podSelector, other.pod.metadata.labels);
  return isSelected ? inNamespace : 'no';
}

/** Without a namespaceSelector the peer's pods are those of the policy's own namespace; an empty one means every namespace. */
function namespaceMatches(selector: LabelSelector | undefined, policy: NetworkPolicy, pod: Pod, world: PolicyWorld): Answer {
  const name = pod.metadata.namespace;
  if (selector === undefined) return name === policy.metadata.namespace ? 'yes' : 'no';
  const known = world.namespaces?.named(undefined, name)?.metadata.labels;
  // The API server gives every namespace this label, so it holds even where namespaces cannot be read.
  const labels = { ...known, 'kubernetes.io/metadata.name': name ?? '' };
  if (matchesSelector(selector, labels)) return 'yes';
  const asksMore = [...Object.keys(selector.matchLabels), ...selector.matchExpressions.map((each) => each.key)].some(
    (key) => key !== 'kubernetes.io/metadata.name',
  );
  return known === undefined && asksMore ? 'unknown' : 'no';
}

function portMatches(port: PolicyPort, flow: Flow): Answer {
  if ((port.protocol ?? 'TCP').toUpperCase() !== flow.protocol) return 'no';
  if (port.port === undefined) return 'yes';
  if (flow.port === undefined) return 'unknown';
  const written = typeof port.port === 'string' && /^\d+$/.test(port.port) ? Number(port.port) : port.port;
  if (typeof written === 'number') return flow.port >= written && flow.port <= (port.endPort ?? written) ? 'yes' : 'no';
  if (flow.server.kind !== 'pod') return 'no';
  const named = flow.server.pod.spec.containers
    .flatMap((container) => container.ports)
    .some((each) => each.name === written && each.containerPort === flow.port);
  return named ? 'yes' : 'no';
}

function blockMatches(
  block: { readonly cidr: string | undefined; readonly except: readonly string[] },
  address: string | undefined,
): Answer {
  const isInside = inRange(address, block.cidr);
  if (isInside !== 'yes') return isInside;
  const excepted = any(block.except.map((range) => inRange(address, range)));
  return excepted === 'yes' ? 'no' : excepted === 'no' ? 'yes' : 'unknown';
}

/** IPv4 only; an address that is not known lies inside only where the range holds everything. */
export function inRange(address: string | undefined, cidr: string | undefined): Answer {
  const range = /^(\d{1,3}(?:\.\d{1,3}){3})\/(\d{1,2})$/.exec(cidr ?? '');
  if (range === null) return cidr === '::/0' ? (address?.includes(':') === true ? 'yes' : 'no') : 'unknown';
  const bits = Number(range[2]);
  const base = numberOf(range[1]);
  const own = numberOf(address);
  if (own === undefined) return address !== undefined ? 'no' : bits === 0 ? 'yes' : 'unknown';
  if (base === undefined || bits > 32) return 'unknown';
  const size = 2 ** (32 - bits);
  return Math.floor(own / size) === Math.floor(base / size) ? 'yes' : 'no';
}

function numberOf(address: string | undefined): number | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/
    .exec(address ?? '')
    ?.slice(1)
    .map(Number);
  return parts === undefined || parts.some((part) => part > 255) ? undefined : parts.reduce((sum, part) => sum * 256 + part, 0);
}
