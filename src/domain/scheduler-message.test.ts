import { describe, expect, it } from 'vitest';
import { parseSchedulerMessage } from './scheduler-message.ts';

describe("the scheduler's message", () => {
  it.each([
    [
      '0/3 nodes are available: 2 Insufficient cpu, 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }. preemption: 0/3 nodes are available: 1 Preemption is not helpful for scheduling, 2 No preemption victims found for incoming pod.',
      [
        { cause: 'resources', count: 2, detail: 'cpu' },
        { cause: 'taint', count: 1, detail: 'node-role.kubernetes.io/control-plane' },
      ],
    ],
    [
      "0/4 nodes are available: 1 node(s) were unschedulable, 3 node(s) didn't match Pod's node affinity/selector.",
      [
        { cause: 'cordon', count: 1, detail: undefined },
        { cause: 'selector', count: 3, detail: undefined },
      ],
    ],
    [
      "0/2 nodes are available: 2 node(s) had taint {dedicated: batch}, that the pod didn't tolerate.",
      [{ cause: 'taint', count: 2, detail: 'dedicated=batch' }],
    ],
    [
      '0/2 nodes are available: 1 Insufficient nvidia.com/gpu, 1 node(s) had untolerated taint {node.kubernetes.io/unreachable: }',
      [
        { cause: 'resources', count: 1, detail: 'nvidia.com/gpu' },
        { cause: 'nodes-not-ready', count: 1, detail: 'node.kubernetes.io/unreachable' },
      ],
    ],
    ["0/3 nodes are available: 3 node(s) didn't match pod anti-affinity rules.", [{ cause: 'anti-affinity', count: 3, detail: undefined }]],
    [
      "0/3 nodes are available: 3 node(s) didn't match pod topology spread constraints.",
      [{ cause: 'spread', count: 3, detail: undefined }],
    ],
    ['0/3 nodes are available: 3 node(s) had volume node affinity conflict.', [{ cause: 'volume-place', count: 3, detail: undefined }]],
    // Wording since 1.34.
    [
      "0/4 nodes are available: 1 node(s) had untolerated taint(s), 1 node(s) didn't match PersistentVolume's node affinity, 2 node(s) didn't match Pod's node affinity/selector. no new claims to deallocate, preemption: 0/4 nodes are available: 4 Preemption is not helpful for scheduling.",
      [
        { cause: 'taint', count: 1, detail: undefined },
        { cause: 'volume-place', count: 1, detail: undefined },
        { cause: 'selector', count: 2, detail: undefined },
      ],
    ],
    [
      "0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod ports.",
      [{ cause: 'host-port', count: 1, detail: undefined }],
    ],
    [
      '0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.',
      [{ cause: 'claim', count: undefined, detail: undefined }],
    ],
    ['0/2 nodes are available: 2 Too many pods.', [{ cause: 'resources', count: 2, detail: 'pods' }]],
    ['no nodes available to schedule pods', [{ cause: 'no-nodes', count: undefined, detail: undefined }]],
    ['', []],
    ['something else entirely', []],
  ])('%s', (message, expected) => {
    expect(parseSchedulerMessage(message)).toEqual(expected);
  });

  it('is empty where there is none', () => {
    expect(parseSchedulerMessage(undefined)).toEqual([]);
  });
});
