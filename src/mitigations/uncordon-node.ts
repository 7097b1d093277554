import { citeObject, claim, claimFromAll } from '../domain/citation.ts';
import { seen } from '../domain/cluster-change.ts';
import { type ExampleEvidence, minutesAgo, type RawObject } from '../domain/example.ts';
import { crashLooping, exampleNode, examplePod } from '../domain/example-objects.ts';
import { type Instant, millisecondsPerDay, spokenDuration } from '../domain/instant.ts';
import type { Node } from '../domain/kubernetes/node.ts';
import { defineMitigation } from '../domain/mitigation.ts';
import type { Precondition } from '../domain/precondition.ts';
import type { Replica } from '../domain/replica.ts';
import { subject } from '../domain/subject.ts';
import { cordonedAt } from '../domain/unscheduled.ts';

/** Maintenance of a node takes hours. A cordon that is older was probably forgotten; a younger one is somebody at work. */
const forgottenAfterMilliseconds = millisecondsPerDay;

/** A node was left cordoned, it is sound, and pods wait that would fit on it. */
export const uncordonNode = defineMitigation({
  id: 'uncordon-node',
  title: 'Open the forgotten node again',
  explanation: 'Lets the scheduler place pods on the node again. Those that wait start there within seconds; nothing else moves.',
  reversibility: 'undoable',
  needs: ['nodes', 'scheduling', 'replicas'],
  helpedBy: [],
  makes: ['cordon', 'uncordon'],
  plan(_situation, facts) {
    return facts.nodes.all.flatMap((node) => {
      if (node.spec.unschedulable !== true) return [];
      const { name } = node.metadata;
      const waiting = facts.scheduling.filter(
        ({ fits, nodes }) =>
          fits.length === 0 &&
          nodes.some((each) => each.node === name && each.obstacles.length > 0 && each.obstacles.every(({ kind }) => kind === 'cordoned')),
      );
      const why = claimFromAll(
        `${waiting.length} pod${waiting.length === 1 ? ' waits' : 's wait'} for room, and would fit on ${name} but for its cordon.`,
        waiting.slice(0, 3).map(({ pod }) => citeObject(pod, 'Pending')),
      );
      if (why === undefined) return [];
      return [
        {
          id: 'uncordon-node',
          subject: subject('Node', undefined, name),
          why,
          preconditions: [isSound(node, facts.replicas.onNode(name)), nobodyAtWork(node, facts.now)],
          saveFirst: [],
          changes: [{ kind: 'uncordon', node: name, ...seen(node) }] as const,
          undo: [{ kind: 'cordon', node: name, ...seen(node) }],
          expectation: 'The waiting pods are placed on it within seconds and become Ready.',
          undoWhen: undefined,
        },
      ];
    });
  },

  fits: [{ story: 'Cordoned last week; its agents are well, and a pod waits that would fit only there.', given: night({}) }],
  blocks: [
    { story: 'The node is not Ready.', given: night({ isReady: false }), by: 'node-is-sound', holds: 'no' },
    { story: 'A pod on it crashes.', given: night({ agent: 'crashing' }), by: 'node-is-sound', holds: 'no' },
    { story: 'Nothing runs on it that could show how it is.', given: night({ agent: 'none' }), by: 'node-is-sound', holds: 'cannot-tell' },
    { story: 'It was cordoned ten minutes ago.', given: night({ cordonedMinutesAgo: 10 }), by: 'nobody-works-on-it', holds: 'no' },
    {
      story: 'Nobody wrote down when it was cordoned.',
      given: night({ cordonedMinutesAgo: null }),
      by: 'nobody-works-on-it',
      holds: 'cannot-tell',
    },
  ],
  doesNotFit: [
    { story: 'It is cordoned, and nobody waits.', given: { ...night({}), pods: (night({}).pods ?? []).slice(1) } },
    { story: 'The pod that waits would not fit on it either.', given: night({ wants: '9' }) },
  ],
});

function isSound(node: Node, replicas: readonly Replica[]): Precondition {
  const isReady = node.status.conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
  const pressure = node.status.conditions.find(({ type, status }) => type !== 'Ready' && status === 'True');
  const ill = replicas.filter((replica) => replica.health === 'failing');
  const well = replicas.filter((replica) => replica.health === 'healthy');
  const says = isReady ? `It is Ready, ${well.length} replicas on it are healthy and ${ill.length} fail.` : 'It is not Ready.';
  const shown = [...ill, ...well].slice(0, 3).map((replica) => citeObject(replica.pod, `${replica.health} on it`));
  return {
    id: 'node-is-sound',
    claim: 'the node is Ready, reports no pressure, and everything on it is healthy',
    holds: !isReady || pressure !== undefined || ill.length > 0 ? 'no' : well.length === 0 ? 'cannot-tell' : 'yes',
    because: [claim(says, citeObject(node, `Ready: ${isReady ? 'True' : 'not True'}; ${pressure?.type ?? 'no pressure'}`), ...shown)],
  };
}

function nobodyAtWork(node: Node, now: Instant): Precondition {
  const at = cordonedAt(node);
  const says = at === undefined ? 'When it was cordoned is not told.' : `It has been cordoned for ${spokenDuration(now - at)}.`;
  return {
    id: 'nobody-works-on-it',
    claim: 'it was cordoned longer ago than maintenance takes',
    holds: at === undefined ? 'cannot-tell' : now - at >= forgottenAfterMilliseconds ? 'yes' : 'no',
    because: [claim(says, citeObject(node, 'spec.unschedulable: true', at))],
  };
}

function night(of: {
  readonly isReady?: boolean;
  readonly agent?: 'crashing' | 'none';
  /** Default: a week. Null: not told. */
  readonly cordonedMinutesAgo?: number | null;
  readonly wants?: string;
}): ExampleEvidence {
  const minutes = of.cordonedMinutesAgo === undefined ? 7 * 24 * 60 : of.cordonedMinutesAgo;
  const taint = {
    key: 'node.kubernetes.io/unschedulable',
    effect: 'NoSchedule',
    ...(minutes === null ? {} : { timeAdded: minutesAgo(minutes) }),
  };
  const agent = (node: string, isFailing: boolean): RawObject =>
    examplePod({
      name: `agent-${node}`,
      node,
      owner: { kind: 'DaemonSet', name: 'agent' },
      isReady: !isFailing,
      ...(isFailing ? { status: crashLooping({ exitCode: 1 }) } : {}),
    });
  return {
    nodes: [
      exampleNode({ name: 'node-1', isReady: of.isReady ?? true, spec: { unschedulable: true, taints: [taint] } }),
      exampleNode({ name: 'node-2', status: { allocatable: { cpu: '1', memory: '1Gi', pods: '110' } } }),
    ],
    pods: [
      examplePod({
        name: 'cart-1-a',
        node: null,
        isReady: false,
        startedMinutesAgo: 20,
        container: { resources: { requests: { cpu: of.wants ?? '2' } } },
      }),
      ...(of.agent === 'none' ? [] : [agent('node-1', of.agent === 'crashing')]),
      agent('node-2', false),
    ],
  };
}
