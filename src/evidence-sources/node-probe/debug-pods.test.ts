import { describe, expect, test } from 'vitest';
import { pod as podShape, type Pod } from '../../domain/kubernetes/pod.ts';
import type { PodAccess, PodManifest, ProgramOutcome } from '../../ports/pod-access.ts';
import { debugPodManifest } from './debug-pod-manifest.ts';
import { debugPodNodes } from './debug-pods.ts';
import { nodeProbeSource } from './node-probe-source.ts';

const start = Date.parse('2026-03-01T10:00:00Z');
const base = { namespaces: [], from: 0, until: 0, why: 'a test asks' };
const never = new AbortController().signal;

interface World {
  readonly access: PodAccess;
  /** Names of the pods that exist. */
  readonly existing: () => readonly string[];
  readonly events: string[];
}

interface WorldSettings {
  /** Status of a pod after so many looks. */
  readonly statusAfter?: (looks: number) => object;
  readonly outcome?: (script: string) => ProgramOutcome;
  readonly leftOver?: readonly object[];
  readonly refusesToCreate?: string;
  readonly refusesToDelete?: string;
}

const running = {
  phase: 'Running',
  startTime: '2026-03-01T10:00:00Z',
  containerStatuses: [{ name: 'debug', state: { running: { startedAt: '2026-03-01T10:00:01Z' } } }],
};
const image = (reason: string, message: string) => ({
  phase: 'Pending',
  startTime: '2026-03-01T10:00:00Z',
  containerStatuses: [{ name: 'debug', state: { waiting: { reason, message } } }],
});

/** A cluster of pods and nothing else, in which pauses pass at once and the clock moves with them. */
function world({
  statusAfter = () => running,
  outcome = (): ProgramOutcome => ({ state: 'ran', output: '', bytes: 0, isCut: false }),
  leftOver = [],
  refusesToCreate,
  refusesToDelete,
}: WorldSettings = {}): World {
  const pods = new Map<string, { readonly raw: object; looks: number }>();
  const events: string[] = [];
  let now = start;
  const read = (name: string): Pod => {
    const found = pods.get(name);
    return podShape.read({ ...found?.raw, status: statusAfter(found?.looks ?? 0) });
  };
  for (const raw of leftOver) pods.set(podShape.read(raw).metadata.name, { raw, looks: 0 });
  return {
    events,
    existing: () => [...pods.keys()],
    access: {
      run: (place, program) => {
        events.push(`run in ${place.namespace}/${place.container}: ${program.argv.join(' ').slice(0, 12)}`);
        return Promise.resolve(outcome(program.input));
      },
      create: (manifest: PodManifest) => {
        events.push('create');
        if (refusesToCreate !== undefined)
          return Promise.resolve({ state: 'failed', because: 'forbidden', detail: refusesToCreate, isMissing: false });
        pods.set(manifest.metadata.name, { raw: manifest, looks: 0 });
        return Promise.resolve({ state: 'answered', value: read(manifest.metadata.name) });
      },
      look: (_namespace, name) => {
        const found = pods.get(name);
        if (found !== undefined) found.looks += 1;
        return Promise.resolve({ state: 'answered', value: read(name) });
      },
      remove: (namespace, name) => {
        events.push(`remove from ${namespace}`);
        if (refusesToDelete !== undefined)
          return Promise.resolve({ state: 'failed', because: 'forbidden', detail: refusesToDelete, isMissing: false });
        pods.delete(name);
        return Promise.resolve({ state: 'answered', value: undefined });
      },
      listLabelled: (label) => {
        events.push(`list ${label}`);
        return Promise.resolve({ state: 'answered', value: leftOver.map((raw) => podShape.read(raw)) });
      },
      pause: (milliseconds) => {
        now += milliseconds;
        return Promise.resolve();
      },
      now: () => now,
    },
  };
}

function open(given: World, notices: string[] = []) {
  const nodes = debugPodNodes(given.access, {
    namespace: 'night',
    image: 'busybox:1',
    totalMilliseconds: 1,
    outputBytes: 1,
    notice: (text) => notices.push(text),
  });
  return nodeProbeSource({ nodes, pods: given.access }, { now: given.access.now });
}

test('a debug pod is pinned, bounded in time, tolerates everything and gets no more rights than the commands need', () => {
  const manifest = debugPodManifest({ name: 'stanch-debug-1', namespace: 'night', node: 'node-1', image: 'busybox:1', network: 'host' });

  expect(manifest).toMatchObject({
    metadata: { labels: { 'stanch.dev/debug-pod': 'true' } },
    spec: {
      nodeName: 'node-1',
      hostPID: true,
      hostNetwork: true,
      restartPolicy: 'Never',
      activeDeadlineSeconds: 120,
      automountServiceAccountToken: false,
      tolerations: [{ operator: 'Exists' }],
      containers: [
        {
          imagePullPolicy: 'IfNotPresent',
          securityContext: { capabilities: { add: ['NET_ADMIN', 'NET_RAW', 'SYS_CHROOT', 'SYSLOG'] } },
          volumeMounts: [{ mountPath: '/host', readOnly: true }],
        },
      ],
    },
  });
  expect(JSON.stringify(manifest)).not.toContain('privileged');
});

test('on the pod network it is an ordinary pod that touches nothing of the host', () => {
  expect(
    JSON.stringify(debugPodManifest({ name: 'x', namespace: 'night', node: 'node-1', image: 'busybox:1', network: 'pod' })),
  ).not.toMatch(/host(PID|Network|Path)|NET_ADMIN/);
});

describe('a run', () => {
  test('sweeps, creates one pod for each node, uses it twice, says so, and deletes it', async () => {
    const [given, notices] = [world(), [] as string[]];
    const source = open(given, notices);
    await source.read({ ...base, kind: 'node-commands', nodes: ['node-1'] }, never);
    await source.read(
      { ...base, kind: 'connectivity-probes', probes: [{ from: { kind: 'node', name: 'node-1' }, host: '10.0.0.1', port: 80 }] },
      never,
    );
    await source.close();

    expect(given.events).toEqual([
      'list stanch.dev/debug-pod=true',
      'create',
      'run in night/debug: sh -c enter=',
      'run in night/debug: sh -c enter=',
      'remove from night',
    ]);
    expect(notices).toEqual([
      expect.stringMatching(
        /^creates pod night\/stanch-debug-[0-9a-f]{8} on node-1 \(host network, file system read-only\), deleted when it is done$/,
      ),
    ]);
    expect(given.existing()).toEqual([]);
  });

  test('deletes what an earlier one left behind, and leaves alone what a colleague may be using and what is none of ours', async () => {
    const left = (name: string, created: string, phase: string, labels: object = { 'stanch.dev/debug-pod': 'true' }) => ({
      metadata: { name, namespace: 'dawn', creationTimestamp: created, labels },
      status: { phase },
    });
    const given = world({
      leftOver: [
        left('old', '2026-03-01T09:57:00Z', 'Running'),
        left('ended', '2026-03-01T09:59:50Z', 'Failed'),
        left('young', '2026-03-01T09:59:00Z', 'Running'),
        // Whatever lists them may overlook which ones were asked for.
        left('of-a-team', '2026-03-01T09:00:00Z', 'Running', { app: 'cart' }),
      ],
    });
    const source = open(given);
    await source.read({ ...base, kind: 'node-commands', nodes: ['node-1'] }, never);
    await source.close();

    expect(given.existing()).toEqual(['young', 'of-a-team']);
  });

  test('that was stopped still deletes its pods', async () => {
    const given = world({ statusAfter: () => image('ContainerCreating', '') });
    const source = open(given);
    await source.read({ ...base, kind: 'node-commands', nodes: ['node-1'] }, AbortSignal.abort());
    await source.close();

    expect([given.events.includes('create'), given.existing()]).toEqual([true, []]);
  });

  test('says how to delete what it could not', async () => {
    const [given, notices] = [world({ refusesToDelete: 'pods is forbidden' }), [] as string[]];
    const source = open(given, notices);
    await source.read({ ...base, kind: 'node-commands', nodes: ['node-1'] }, never);
    await source.close();

    expect(notices[1]).toMatch(
      /^could not delete pod night\/stanch-debug-\w+ \(pods is forbidden\); it ends by itself after 120 s, and: kubectl delete pod -n night stanch-debug-\w+$/,
    );
  });
});

describe('a node that cannot be looked at is a gap with its reason', () => {
  test.each([
    ['creating is refused', { refusesToCreate: 'pods is forbidden' }, 'forbidden', /pods is forbidden$/],
    [
      'the image cannot be pulled',
      { statusAfter: () => image('ImagePullBackOff', 'no such host') },
      'unreachable',
      /ImagePullBackOff: no such host; give --debug-image/,
    ],
    ['the kubelet does nothing', { statusAfter: () => ({ phase: 'Pending' }) }, 'timed-out', /the kubelet has not taken it up/],
    [
      'it never gets further',
      { statusAfter: () => image('ContainerCreating', '') },
      'timed-out',
      /did not start within 30 s \(ContainerCreating\)/,
    ],
    [
      'the kubelet refuses it',
      { statusAfter: () => ({ phase: 'Failed', reason: 'OutOfpods', message: 'too many' }) },
      'unreachable',
      /ended at once \(OutOfpods: too many\)/,
    ],
    [
      'exec is refused',
      { outcome: (): ProgramOutcome => ({ state: 'failed', because: 'forbidden', detail: 'pods/exec is forbidden' }) },
      'forbidden',
      /pods\/exec is forbidden/,
    ],
  ] as const)('%s', async (_what, settings, because, detail) => {
    const given = world(settings);
    const source = open(given);
    const reading = await source.read({ ...base, kind: 'node-commands', nodes: ['node-1'] }, never);
    await source.close();

    expect(reading).toEqual({ state: 'unreadable', because, detail: expect.stringMatching(detail) });
    expect(given.existing()).toEqual([]);
  });
});

test('how our own mount is mounted says nothing about the node', async () => {
  const outcome = (script: string): ProgramOutcome => {
    const [, mark = ''] = /'(stanch-[0-9a-f-]+) begin mounts'/.exec(script) ?? [];
    return {
      state: 'ran',
      output: `${mark} begin mounts\n/dev/vda1 / ext4 ro,relatime 0 0\n/dev/vdb1 /data ext4 ro,relatime 0 0\n${mark} end 0\n`,
      bytes: 1,
      isCut: false,
    };
  };
  const reading = await open(world({ outcome })).read({ ...base, kind: 'node-commands', nodes: ['node-1'] }, never);

  expect(reading.state === 'read' ? reading.value.map(({ output }) => output) : reading).toEqual(['/dev/vdb1 /data ext4 ro,relatime 0 0']);
});
