import { type ExampleEvidence, minutesAgo, type RawObject } from './example.ts';
import { exampleJudgedAlert } from './example-happenings.ts';
import { crashLooping, exampleDeployment, examplePod } from './example-objects.ts';

/** A Deployment between two revisions: the names are those of the nodes on which its replicas stand. */
export function exampleRollout(of: {
  readonly fresh: readonly string[];
  readonly old: readonly string[];
  readonly freshAndWell?: readonly string[];
  readonly starting?: readonly string[];
  readonly isOldFailing?: boolean;
  /** How long ago its rollout began and when it was Ready last. Default: six minutes ago, and never. */
  readonly workedFor?: { readonly startedMinutesAgo: number; readonly readyMinutesAgo: number };
}): { readonly pods: readonly RawObject[]; readonly replicasets: readonly RawObject[] } {
  const startedMinutesAgo = of.workedFor?.startedMinutesAgo ?? 6;
  const readiness = { type: 'Ready', status: 'False', lastTransitionTime: minutesAgo(of.workedFor?.readyMinutesAgo ?? startedMinutesAgo) };
  const crash = { isReady: false, status: crashLooping({ exitCode: 1 }), startedMinutesAgo, podStatus: { conditions: [readiness] } };
  const pod =
    (hash: string, part: object) =>
    (node: string, index: number): RawObject =>
      examplePod({ name: `cart-${hash}-${node.replace('-', '')}x${index}`, node, labels: { 'pod-template-hash': hash }, ...part });
  const replicaSet = (hash: string, revision: string, image: string, createdMinutesAgo: number): RawObject => {
    const made = exampleDeployment({ name: 'cart', hash, container: { image } }).replicaSet;
    return {
      ...made,
      metadata: {
        ...(made['metadata'] as object),
        creationTimestamp: minutesAgo(createdMinutesAgo),
        annotations: { 'deployment.kubernetes.io/revision': revision },
      },
    };
  };
  const starting = {
    isReady: false,
    startedMinutesAgo: 0,
    status: { ready: false, started: false, state: { running: { startedAt: minutesAgo(0) } } },
  };
  return {
    pods: [
      ...of.fresh.map(pod('new', crash)),
      ...(of.freshAndWell ?? []).map(pod('new', { startedMinutesAgo: 5 })),
      ...(of.starting ?? []).map(pod('new', starting)),
      ...of.old.map(pod('old', of.isOldFailing === true ? crash : { startedMinutesAgo: 600 })),
    ],
    replicasets: [
      replicaSet('old', '1', 'registry.example/cart:1', 9000),
      replicaSet('new', '2', 'registry.example/cart:2', startedMinutesAgo),
    ],
  };
}

/** A rollout whose replicas are all Ready, and a page five minutes ago. */
export function examplePagedRollout({ image = 'registry.example/cart:2', rolledOutMinutesAgo = 8, target = 'cart' } = {}): ExampleEvidence {
  const { replicasets } = exampleRollout({ fresh: [], old: [] });
  const [old] = replicasets;
  const made = exampleDeployment({ name: 'cart', hash: 'new', container: { image } }).replicaSet;
  const metadata = {
    ...(made['metadata'] as object),
    creationTimestamp: minutesAgo(rolledOutMinutesAgo),
    annotations: { 'deployment.kubernetes.io/revision': '2' },
  };
  return {
    pods: ['a', 'b'].map((name) =>
      examplePod({ name: `cart-new-${name}`, labels: { 'pod-template-hash': 'new' }, startedMinutesAgo: rolledOutMinutesAgo }),
    ),
    replicasets: [...(old === undefined ? [] : [old]), { ...made, metadata }],
    'judged-alert': {
      ...exampleJudgedAlert('real', { namespace: 'shop', deployment: target }),
      target: { kind: 'Deployment', namespace: 'shop', name: target },
    },
  };
}

/** The log of a replica of the new revision, which says the same four times. */
export function exampleRolloutLog(pod: string, line: string): NonNullable<ExampleEvidence['container-logs']>[number] {
  return { namespace: 'shop', pod: `cart-new-${pod}`, container: 'app', text: Array(4).fill(line).join('\n') };
}
