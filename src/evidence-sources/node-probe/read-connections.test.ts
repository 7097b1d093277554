import { spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import type { ProbeWish } from '../../ports/evidence-source.ts';
import type { PodAccess } from '../../ports/pod-access.ts';
import { nodeProbeSource } from './node-probe-source.ts';
import type { NodeShell } from './node-shell.ts';

const base = { namespaces: [], from: 0, until: 0, why: 'a test asks' };
const clock = { now: () => 1_000_000 };

/** Every container is this machine, except those that have no shell. */
const pods: Pick<PodAccess, 'run'> = {
  run: ({ pod }, { input, argv: [program, ...rest] }) => {
    if (pod === 'distroless')
      return Promise.resolve({ state: 'failed', because: 'unsupported', detail: 'pod distroless has nothing to run it with' });
    const { stdout } = spawnSync(program, rest, { input, encoding: 'utf8' });
    return Promise.resolve({ state: 'ran', output: stdout, bytes: stdout.length, isCut: false });
  },
};
const bareNodes: NodeShell = {
  run: () => Promise.resolve({ state: 'failed', because: 'unreachable', detail: 'no sshd' }),
  ownMounts: [],
  runOnPodNetwork: undefined,
  close: () => Promise.resolve(),
};

const inPod = (name: string) => ({ kind: 'pod', namespace: 'shop', name, container: 'main', node: 'node-1' }) as const;

async function read(access: Parameters<typeof nodeProbeSource>[0], probes: readonly ProbeWish[]) {
  return nodeProbeSource(access, clock).read({ ...base, kind: 'connectivity-probes', probes }, new AbortController().signal);
}

test('from a pod: connected and refused, each with where it was tried from', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const reading = await read({ nodes: undefined, pods }, [
    { from: inPod('cart'), host: '127.0.0.1', port },
    { from: inPod('cart'), host: '127.0.0.1', port: 1 },
  ]);
  server.close();

  const from = { kind: 'pod', namespace: 'shop', name: 'cart', node: 'node-1' };
  expect(reading).toEqual({
    state: 'read',
    at: 1_000_000,
    gaps: [],
    value: [
      { from, host: '127.0.0.1', port, protocol: 'tcp', outcome: 'connected', detail: expect.any(String), at: 1_000_000 },
      { from, host: '127.0.0.1', port: 1, protocol: 'tcp', outcome: 'refused', detail: expect.stringMatching(/refused/), at: 1_000_000 },
    ],
  });
});

test('a pod without a shell and a node that does not answer are gaps; the rest is read', async () => {
  const reading = await read({ nodes: bareNodes, pods }, [
    { from: inPod('cart'), host: '127.0.0.1', port: 1 },
    { from: inPod('distroless'), host: '127.0.0.1', port: 1 },
    { from: { kind: 'node', name: 'node-1' }, host: '127.0.0.1', port: 1 },
  ]);

  expect(reading.state === 'read' ? [reading.value.length, reading.gaps] : reading).toEqual([
    1,
    [
      { what: 'connections from pod shop/distroless', because: 'unsupported', detail: 'pod distroless has nothing to run it with' },
      { what: 'connections from node-1', because: 'unreachable', detail: 'no sshd' },
    ],
  ]);
});

test('the pod network of a node is tried from a container there where no pod of our own can be placed, as over ssh', async () => {
  const from = { kind: 'pod-network', node: 'node-1', through: { namespace: 'shop', name: 'cart', container: 'main' } } as const;
  const wish: ProbeWish = { from, host: '127.0.0.1', port: 1 };
  const probe = { from: { kind: 'pod', namespace: 'shop', name: 'cart', node: 'node-1' }, outcome: 'refused' };

  expect(await read({ nodes: bareNodes, pods }, [wish])).toMatchObject({ state: 'read', value: [probe] });
  expect(await read({ nodes: undefined, pods }, [wish])).toMatchObject({ state: 'read', value: [probe] });
  // Nobody allowed anything to run in containers.
  expect(await read({ nodes: bareNodes, pods: undefined }, [wish])).toMatchObject({ value: [] });

  const own: NodeShell = {
    ...bareNodes,
    runOnPodNetwork: () => Promise.resolve({ outcome: { state: 'failed', because: 'unreachable', detail: 'no image' }, pod: undefined }),
  };
  expect(await read({ nodes: own, pods }, [wish])).toMatchObject({ state: 'unreadable', detail: 'no image' });
});

test('what no flag allowed says what it would tell', async () => {
  const wishes: readonly ProbeWish[] = [
    { from: inPod('cart'), host: '10.0.0.1', port: 80 },
    { from: { kind: 'node', name: 'node-1' }, host: '10.0.0.1', port: 80 },
    { from: { kind: 'pod-network', node: 'node-1' }, host: '10.0.0.1', port: 80 },
  ];

  expect(await read({ nodes: undefined, pods: undefined }, wishes)).toEqual({
    state: 'unreadable',
    because: 'not-asked',
    detail:
      'no flag allowed it to try 10.0.0.1:80 from pod shop/cart, which would show whether the place or the target is at fault; no flag allowed it to try 10.0.0.1:80 from node-1, which would show whether the place or the target is at fault',
  });
  expect(
    await nodeProbeSource({ nodes: undefined, pods: undefined }, clock).read(
      { ...base, kind: 'node-commands', nodes: ['node-1', 'node-2'] },
      new AbortController().signal,
    ),
  ).toEqual({
    state: 'unreadable',
    because: 'not-asked',
    detail:
      'no flag allowed it to run the read-only commands on node-1 and node-2 that would show units, journals, service rules, disks and clocks of a bad and a good node',
  });
});
