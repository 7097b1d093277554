import { describe, expect, it } from 'vitest';
import { parseSchedulerMessage } from './scheduler-message.ts';
import type { Obstacle, SchedulingVerdict } from './scheduling.ts';
import { bindingCauses } from './scheduling-cause.ts';

const cpu: Obstacle = { kind: 'resources', resource: 'cpu', requested: 2, free: 1, allocatable: 4 };
const cordoned: Obstacle = { kind: 'cordoned' };
const selector: Obstacle = { kind: 'node-selector', wanted: 'disk=ssd' };
const away: Obstacle = { kind: 'pod-anti-affinity' };
const volume: Obstacle = { kind: 'volume-node-affinity', volume: 'v', wanted: 'zone-b' };
const notReady: Obstacle = { kind: 'not-ready' };
const taint = (key: string): Obstacle => ({ kind: 'taint', key, value: '', effect: 'NoSchedule' });
const controlPlane = taint('node-role.kubernetes.io/control-plane');

function causes(nodes: readonly (readonly Obstacle[])[], message?: string): readonly string[] {
  const verdict = {
    nodes: nodes.map((obstacles, index) => ({ node: `node-${index}`, obstacles })),
    binding: [],
    fits: nodes.flatMap((each, index) => (each.length === 0 ? [`node-${index}`] : [])),
  };
  return bindingCauses(parseSchedulerMessage(message), verdict as unknown as SchedulingVerdict).map(
    (each) => `${each.cause} ${each.weight}`,
  );
}

describe('what keeps a pod from its nodes', () => {
  it.each<[string, readonly (readonly Obstacle[])[], readonly string[]]>([
    ['all are full', [[cpu], [cpu]], ['resources conclusive']],
    ['the workers are full and the control plane is off limits', [[cpu], [controlPlane]], ['resources conclusive']],
    ['there is only a control plane', [[controlPlane]], ['taint conclusive']],
    ['nobody matches', [[selector], [selector, cpu]], ['selector conclusive']],
    ['the one that matches is full', [[cpu], [selector]], ['resources conclusive']],
    ['the one that matches is cordoned', [[cordoned], [selector]], ['cordon conclusive']],
    ['the one that matches is down', [[notReady], [selector]], ['nodes-not-ready conclusive']],
    ['one is tainted, the other cordoned', [[taint('gpu')], [cordoned]], ['cordon conclusive']],
    ['one is full, and a cordoned one would do', [[cpu], [cordoned]], ['resources conclusive', 'cordon suggestive']],
    ['one is full, and a cordoned one would not do either', [[cpu], [cordoned, cpu]], ['resources conclusive']],
    ['two must be kept apart from, the third is full', [[away], [away], [cpu]], ['anti-affinity strong', 'resources suggestive']],
    ['the volume is in another zone', [[volume], [volume]], ['volume-place conclusive']],
    [
      'the node with the volume is full, the others are free',
      [[cpu], [volume], [volume]],
      ['resources conclusive', 'volume-place suggestive'],
    ],
    [
      'a node is short of disk, the other matches nothing',
      [[taint('node.kubernetes.io/disk-pressure')], [selector]],
      ['nodes-not-ready conclusive'],
    ],
  ])('%s', (_story, nodes, expected) => {
    expect(causes(nodes)).toEqual(expected);
  });

  it('is less sure where the scheduler says something else', () => {
    expect(causes([[cpu]], '0/1 nodes are available: 1 node(s) were unschedulable.')).toEqual(['resources strong']);
  });

  it('is taken from the scheduler where adding up finds room that is not there', () => {
    expect(causes([[]], '0/1 nodes are available: 1 Insufficient cpu.')).toEqual(['resources strong']);
    expect(causes([[], []], "0/2 nodes are available: 1 Insufficient cpu, 1 node(s) didn't match Pod's node affinity/selector.")).toEqual([
      'resources suggestive',
    ]);
  });

  it('is taken from the scheduler where nodes could not be read', () => {
    const told = (message: string): readonly string[] =>
      bindingCauses(parseSchedulerMessage(message), undefined).map((each) => `${each.cause} ${each.weight}`);
    expect(told("0/3 nodes are available: 1 Insufficient memory, 2 node(s) didn't match Pod's node affinity/selector.")).toEqual([
      'resources strong',
    ]);
    expect(told("0/3 nodes are available: 1 node(s) were unschedulable, 2 node(s) didn't match Pod's node affinity/selector.")).toEqual([
      'selector suggestive',
      'cordon suggestive',
    ]);
    expect(told('')).toEqual([]);
  });

  it('is the claim, whatever else the nodes lack', () => {
    expect(causes([[cpu]], '0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.')).toEqual(['claim conclusive']);
  });
});
