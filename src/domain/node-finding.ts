import { citeObject, type Claim, claim } from './citation.ts';
import type { Finding, Step, Weight } from './failure-mode.ts';
import type { Instant } from './instant.ts';
import type { Condition } from './kubernetes/metadata.ts';
import type { Node } from './kubernetes/node.ts';
import type { Replica, Replicas } from './replica.ts';
import { type Subject, subject } from './subject.ts';

export interface NodeFindingParts {
  readonly node: string;
  readonly weight: Weight;
  readonly because: readonly [Claim, ...Claim[]];
  readonly against?: readonly Claim[];
  readonly contributing?: readonly Claim[];
  readonly since?: Instant | undefined;
  readonly steps?: readonly Step[];
  readonly wouldSettle?: readonly string[];
  /** Pods that suffer. Default: every pod on the node that fails. */
  readonly suffering?: readonly Replica[];
  readonly blames?: readonly Subject[];
}

/** A finding about a node, which touches the node and the failing pods on it. */
export function nodeFinding(parts: NodeFindingParts, replicas: Replicas | undefined): Finding {
  const suffering = parts.suffering ?? replicas?.onNode(parts.node).filter((replica) => replica.health === 'failing') ?? [];
  return {
    subject: subject('Node', undefined, parts.node),
    weight: parts.weight,
    because: parts.because,
    ...(parts.against === undefined ? {} : { against: parts.against }),
    ...(parts.contributing === undefined ? {} : { contributing: parts.contributing }),
    ...(parts.since === undefined ? {} : { since: parts.since }),
    affects: [
      subject('Node', undefined, parts.node),
      ...suffering.map(({ pod }) => subject('Pod', pod.metadata.namespace, pod.metadata.name)),
    ],
    ...(parts.blames === undefined ? {} : { blames: parts.blames }),
    ...(parts.steps === undefined ? {} : { steps: parts.steps }),
    ...(parts.wouldSettle === undefined ? {} : { wouldSettle: parts.wouldSettle }),
  };
}

/** "Ready is False since … (KubeletNotReady): container runtime is down". */
export function conditionClaim(node: Node, condition: Condition, says: string): Claim {
  const detail = [condition.reason, condition.message?.slice(0, 300)].filter((each) => each !== undefined).join(': ');
  return claim(
    says,
    citeObject(
      node,
      `${condition.type ?? '?'} ${condition.status ?? '?'}${detail === '' ? '' : ` (${detail})`}`,
      condition.lastTransitionTime,
    ),
  );
}

/** Symptoms and causes that follow when a node no longer runs its pods. */
export const brokenByLostNode: readonly string[] = [
  'node-not-ready',
  'degraded-node-link',
  'all-endpoints-unready',
  'dependency-refuses-connections',
  'dependency-times-out',
  'dependency-certificate-invalid',
  'dns-failing',
  'daemonset-not-everywhere',
  'stuck-terminating',
  'volume-attached-elsewhere',
  'webhook-without-backend',
  'aggregated-api-down',
  'node-left-cordoned',
  'liveness-probe-misconfigured',
  'readiness-probe-misconfigured',
  'startup-probe-too-short',
];
