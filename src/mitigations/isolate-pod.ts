import { citeObject, type Claim, claimFromAll } from '../domain/citation.ts';
import { seen } from '../domain/cluster-change.ts';
import { enoughStay } from '../domain/enough-stay.ts';
import { without, withMetadata } from '../domain/example.ts';
import { fullNode, nightOfTheNode } from '../domain/example-nights.ts';
import { exampleService } from '../domain/example-network.ts';
import { type RollingReplica, rollingNight } from '../domain/example-rollouts.ts';
import { examplePod } from '../domain/example-objects.ts';
import type { Facts } from '../domain/facts.ts';
import type { Pod } from '../domain/kubernetes/pod.ts';
import { type LabelSelector, matchesLabels, matchesSelector } from '../domain/label-selector.ts';
import { defineMitigation } from '../domain/mitigation.ts';
import { managingKind, ownersReplace } from '../domain/owner-replaces.ts';
import type { Precondition } from '../domain/precondition.ts';
import { spareCapacity } from '../domain/spare-capacity.ts';

/** No selector of a Service or an owner asks for it. */
const isolated = 'isolated-by-stanch';
/** With two replicas nobody can say which of them is the odd one. */
const fewestReplicas = 3;

type SelectorFacts = Facts<never, 'replicasets' | 'daemonsets' | 'services'>;

const one: RollingReplica = { name: 'a', hash: 'new', is: 'stuck' };
const others: readonly RollingReplica[] = ['b', 'c', 'd'].map((name) => ({ name, hash: 'new', is: 'well' }));
const night = { ...rollingNight([one, ...others], { spec: { replicas: 4 } }), services: [exampleService({ name: 'cart' })] };

/** One replica of several misbehaves and nothing tells it from the others: take it out of the traffic and keep it to look at. */
export const isolatePod = defineMitigation({
  id: 'isolate-pod',
  title: 'Take the odd pod out of its Service and keep it for study',
  explanation:
    'Changes the labels by which its Services and its owner select the pod: it gets no more traffic, its owner starts another in its place, and it stays as it is, with its memory, its connections and its files.',
  reversibility: 'undoable',
  needs: ['replicas', 'pods'],
  helpedBy: ['replicasets', 'daemonsets', 'services', 'deployments', 'nodes', 'persistentvolumeclaims', 'persistentvolumes', 'namespaces'],
  makes: ['relabel-pod'],
  plan({ scope, blastRadius }, facts) {
    const [odd, ...more] = scope.failing;
    const members = scope.target === undefined ? [] : facts.replicas.ofWorkload(scope.target);
    const isOdd = odd !== undefined && more.length === 0 && members.length >= fewestReplicas && scope.healthy.length > 0;
    // What never runs cannot be studied, and gets no traffic either.
    if (!isOdd || blastRadius.leading !== undefined || !isRunning(odd.pod)) return [];
    const { pod } = odd;
    const { namespace = 'default', name } = pod.metadata;
    const keys = selectingKeys(pod, facts);
    const labels = Object.fromEntries(keys.map((key) => [key, isolated]));
    const why = claimFromAll(
      `One of ${members.length} replicas misbehaves, and neither node, revision nor anything else tells it from the others.`,
      [
        citeObject(pod, odd.troubles[0]?.reason ?? 'failing'),
        ...scope.healthy.slice(0, 3).map((replica) => citeObject(replica.pod, 'healthy')),
      ],
    );
    if (why === undefined) return [];
    const change = { kind: 'relabel-pod', namespace, pod: name, ...seen(pod) } as const;
    return [
      {
        id: 'isolate-pod',
        subject: { kind: 'Pod', namespace, name },
        why,
        preconditions: [
          labelsDecide(pod, labels, facts),
          replacedBeside(pod),
          enoughStay({ members, leaving: [odd], wanted: wantedOf(pod, facts), floor: 'majority' }),
          spareCapacity({ pods: [pod], areMoving: false, closed: new Set() }, facts),
        ],
        saveFirst: [],
        changes: [{ ...change, labels }],
        undo: [{ ...change, labels: Object.fromEntries(keys.map((key) => [key, pod.metadata.labels[key] ?? ''])) }],
        expectation: 'A replacement becomes Ready, and the errors end. The isolated pod goes on running beside it until it is deleted.',
        undoWhen: 'it has been studied; then it is deleted rather than put back.',
      },
    ];
  },

  fits: [{ story: 'One of four does not serve; node and revision are shared with the others.', given: night }],
  blocks: [
    {
      story: 'Its owner takes every pod that has the label, whatever its value.',
      given: {
        ...night,
        replicasets: (night.replicasets ?? []).map((each) => ({
          ...each,
          spec: { selector: { matchExpressions: [{ key: 'app', operator: 'Exists' }] } },
        })),
      },
      by: 'labels-decide',
      holds: 'no',
    },
    { story: 'Services could not be read.', given: without(night, 'services'), by: 'labels-decide', holds: 'cannot-tell' },
    {
      story: 'A replica of a StatefulSet: no other may have its name while it is there.',
      given: { ...night, pods: ownedByKind('StatefulSet') },
      by: 'owner-replaces',
      holds: 'no',
    },
    {
      story: 'Its owner is a kind of its own.',
      given: { ...night, pods: ownedByKind('GameServerSet') },
      by: 'owner-replaces',
      holds: 'cannot-tell',
    },
    {
      story: 'Of eight that are wanted, three would stay.',
      given: withWanted(8),
      by: 'enough-stay',
      holds: 'no',
    },
    { story: 'How many are wanted could not be read.', given: without(night, 'replicasets'), by: 'enough-stay', holds: 'cannot-tell' },
    {
      story: 'No node has room for one more.',
      given: { ...night, nodes: ['node-1', 'node-2', 'node-3'].map(fullNode), pods: ownedByKind('ReplicaSet') },
      by: 'spare-capacity',
      holds: 'no',
    },
    { story: 'Nodes could not be read.', given: without(night, 'nodes'), by: 'spare-capacity', holds: 'cannot-tell' },
  ],
  doesNotFit: [
    { story: 'Two fail, and their node tells them from the others.', given: nightOfTheNode },
    { story: 'The one that fails crashes at its start.', given: rollingNight([{ ...one, is: 'crashing' }, ...others]) },
  ],
});

function isRunning(pod: Pod): boolean {
  return pod.status.phase === 'Running' && pod.status.containerStatuses.every((status) => status.state.running !== undefined);
}

function ownerSelector(
  pod: Pod,
  facts: SelectorFacts,
): { readonly selector: LabelSelector; readonly replicas: number | undefined } | undefined {
  const uid = pod.metadata.ownerReferences.find((owner) => owner.controller === true)?.uid;
  const set = facts.replicasets?.withUid(uid);
  if (set !== undefined) return { selector: set.spec.selector, replicas: set.spec.replicas };
  const daemon = facts.daemonsets?.withUid(uid);
  return daemon === undefined ? undefined : { selector: daemon.spec.selector, replicas: daemon.status.desiredNumberScheduled };
}

function wantedOf(pod: Pod, facts: SelectorFacts): number | undefined {
  return ownerSelector(pod, facts)?.replicas;
}

/** Exactly the labels by which its owner and the Services select it. */
function selectingKeys(pod: Pod, facts: SelectorFacts): readonly string[] {
  const owner = ownerSelector(pod, facts)?.selector;
  const services = (facts.services?.inNamespace(pod.metadata.namespace) ?? []).filter(({ spec }) =>
    selects(spec.selector, pod.metadata.labels),
  );
  const keys = [
    ...Object.keys(owner?.matchLabels ?? {}),
    ...(owner?.matchExpressions ?? []).flatMap((each) => each.key ?? []),
    ...services.flatMap(({ spec }) => Object.keys(spec.selector)),
  ];
  return [...new Set(keys)].filter((key) => pod.metadata.labels[key] !== undefined).toSorted();
}

function selects(selector: { readonly [key: string]: string }, labels: { readonly [key: string]: string }): boolean {
  return Object.keys(selector).length > 0 && matchesLabels(selector, labels);
}

function labelsDecide(pod: Pod, changed: { readonly [key: string]: string }, facts: SelectorFacts): Precondition {
  const labels = { ...pod.metadata.labels, ...changed };
  const owner = ownerSelector(pod, facts)?.selector;
  const services =
    facts.services?.isComplete(pod.metadata.namespace) === true ? facts.services.inNamespace(pod.metadata.namespace) : undefined;
  const isKept =
    (owner !== undefined && matchesSelector(owner, labels)) || services?.some(({ spec }) => selects(spec.selector, labels)) === true;
  const isUnknown = owner === undefined || services === undefined;
  const shown = Object.keys(changed).map((key) => `${key}=${pod.metadata.labels[key] ?? ''}`);
  const because: Claim | undefined = claimFromAll(`It is selected by ${shown.join(', ') || 'nothing that is known'}.`, [
    citeObject(pod, `metadata.labels: ${shown.join(', ')}`),
  ]);
  return {
    id: 'labels-decide',
    claim: 'with other labels neither its owner nor a Service selects it',
    holds: isKept ? 'no' : isUnknown ? 'cannot-tell' : 'yes',
    because: because === undefined ? [] : [because],
  };
}

/** A StatefulSet cannot start another of the same name beside it. */
function replacedBeside(pod: Pod): Precondition {
  const replaced = ownersReplace([pod]);
  return managingKind(pod) === 'StatefulSet' ? { ...replaced, holds: 'no' } : replaced;
}

function ownedByKind(kind: string): readonly ReturnType<typeof examplePod>[] {
  return [one, ...others].map(({ name, is }, index) =>
    examplePod({
      name: `cart-new-${name}`,
      node: `node-${1 + (index % 3)}`,
      owner: { kind, name: 'cart-new' },
      labels: { app: 'cart', 'pod-template-hash': 'new' },
      isReady: is === 'well',
      startedMinutesAgo: 6,
      container: { resources: { requests: { cpu: '100m', memory: '128Mi' } } },
    }),
  );
}

function withWanted(replicas: number): typeof night {
  const replicasets = (night.replicasets ?? []).map((each) =>
    withMetadata({ ...each, spec: { ...(each['spec'] as object), replicas } }, {}),
  );
  return { ...night, replicasets };
}
