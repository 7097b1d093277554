import { fullNode, nightOfTheNode } from '../domain/example-nights.ts';
import { exampleNode } from '../domain/example-objects.ts';
import type { GuardedSituation, GuardRail } from '../domain/guard-rail.ts';
import type { Pod } from '../domain/kubernetes/pod.ts';
import { managingKind } from '../domain/owner-replaces.ts';
import { spareCapacity } from '../domain/spare-capacity.ts';

const tight = { ...nightOfTheNode, nodes: [fullNode('node-1'), fullNode('node-2'), exampleNode({ name: 'node-3' })] };

/** A cordon takes a node's room away from everybody, at the moment when it is needed most. */
export const cordonsBelowCapacity: GuardRail = {
  id: 'cordons-below-capacity',
  title: 'Cordons below the capacity that is needed',
  explanation: {
    juniorWould: 'Drain the bad node at once.',
    seniorDoes: 'Counts by requests whether what has to leave fits on the other nodes, and only then closes the node.',
    why: 'Pods that find no room stay Pending: a node that was half broken has become a node that is missing.',
  },
  judges: ['cordon', 'drain'],
  check({ deed }, situation) {
    if (deed.kind !== 'cordon' && deed.kind !== 'drain') return undefined;
    const { pods, nodes } = situation;
    if (pods === undefined || nodes === undefined) return undefined;
    const isOpen = nodes.all.some(
      (node) => node.metadata.name !== deed.node && node.spec.unschedulable !== true && node.status.conditions.some(isReady),
    );
    if (!isOpen) return `${deed.node} is the last node that takes pods.`;
    const leaving = deed.kind === 'drain' ? drained(deed.node, pods.all) : failingOn(deed.node, situation);
    if (leaving.length === 0) return undefined;
    const room = spareCapacity({ pods: leaving, areMoving: true, closed: new Set([deed.node]) }, { pods, nodes });
    return room.holds === 'no'
      ? `${room.because[0]?.says ?? 'Not all replicas find room.'} What has to leave ${deed.node} would stay Pending. Make room first: add a node, or scale down what can wait.`
      : undefined;
  },
  warns: [
    {
      story: 'The other nodes are full by requests.',
      given: tight,
      intended: { deed: { kind: 'drain', node: 'node-3' }, isEvidenceSaved: true },
    },
    {
      story: 'All other nodes are cordoned already.',
      given: {
        ...nightOfTheNode,
        nodes: [exampleNode({ name: 'node-1', spec: { unschedulable: true } }), exampleNode({ name: 'node-3' })],
      },
      intended: { deed: { kind: 'cordon', node: 'node-3' }, isEvidenceSaved: true },
    },
  ],
  staysQuiet: [
    {
      story: 'The other nodes have room.',
      given: nightOfTheNode,
      intended: { deed: { kind: 'cordon', node: 'node-3' }, isEvidenceSaved: true },
    },
    {
      story: 'The others are full, and nothing has to leave the node.',
      given: { ...tight, pods: (nightOfTheNode.pods ?? []).slice(2) },
      intended: { deed: { kind: 'drain', node: 'node-3' }, isEvidenceSaved: true },
    },
  ],
};

function isReady({ type, status }: { readonly type: string | undefined; readonly status: string | undefined }): boolean {
  return type === 'Ready' && status === 'True';
}

function drained(node: string, pods: readonly Pod[]): readonly Pod[] {
  return pods.filter(
    (pod) =>
      pod.spec.nodeName === node &&
      !['Succeeded', 'Failed'].includes(pod.status.phase ?? '') &&
      !['DaemonSet', 'Node'].includes(managingKind(pod) ?? ''),
  );
}

/** A cordon alone moves nobody, but what fails there is to start elsewhere. */
function failingOn(node: string, { scope }: GuardedSituation): readonly Pod[] {
  return [...scope.failing, ...scope.alsoFailing]
    .map(({ pod }) => pod)
    .filter((pod) => pod.spec.nodeName === node && !['DaemonSet', 'Node'].includes(managingKind(pod) ?? ''));
}
