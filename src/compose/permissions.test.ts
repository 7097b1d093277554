import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadAll } from 'js-yaml';
import { afterAll, expect, test } from 'vitest';
import { composition } from './compose.ts';
import { rolesFor, writeRoles } from './permissions.ts';
import { abilities, type Ability } from '../domain/ability.ts';
import { TestCluster } from '../engine/act/testing-cluster.ts';
import { openCluster } from '../evidence-sources/kubernetes-api/open-cluster.ts';
import { startExecServer } from '../evidence-sources/kubernetes-api/testing-exec.ts';
import { kubeconfigFor, testNow } from '../evidence-sources/kubernetes-api/testing.ts';
import { mitigations } from '../mitigations/index.generated.ts';
import type { PodAccess } from '../ports/pod-access.ts';
import { type Incoming, type Said, serveCluster } from '../surfaces/command-line/testing-served-cluster.ts';
import { accessRequestOf, type Asked, maySend } from '../writing/testing-access.ts';

const folder = mkdtempSync(join(tmpdir(), 'stanch-permissions-'));
afterAll(() => rmSync(folder, { recursive: true }));

function rolesOf(some: readonly Ability[], ids?: readonly string[]): string {
  const written = writeRoles({ abilities: some, ...(ids === undefined ? {} : { mitigations: ids }) });
  if (written.state === 'failed') throw new Error(written.happened);
  return written.text;
}

/** A server that lets happen what the roles grant, and nothing else. */
interface GuardedCluster {
  readonly cluster: TestCluster;
  readonly kubeconfigPath: string;
  readonly asked: Asked[];
  readonly denied: string[];
  readonly close: () => Promise<void>;
}

async function guardedBy(roles: string): Promise<GuardedCluster> {
  const replicas = ['node-1', 'node-2', 'node-3', 'node-3'].map((node) => [node, 'old'] as const);
  const cluster = new TestCluster({ replicas, badNode: 'node-3', beginsAt: Date.now() });
  const [asked, denied]: [Asked[], string[]] = [[], []];
  const before = ({ method, path }: Incoming): Promise<Said | undefined> => {
    asked.push({ method, path });
    if (maySend(roles, { method, path })) return Promise.resolve(undefined);
    denied.push(`${method} ${path}`);
    return Promise.resolve({ status: 403, body: { kind: 'Status', code: 403, reason: 'Forbidden', message: 'RBAC: no' } });
  };
  const { kubeconfigPath, close } = await serveCluster(cluster, { folder, before });
  return { cluster, kubeconfigPath, asked, denied, close };
}

const quiet = { announce: () => undefined };
const limits = { lookBackMilliseconds: 3_600_000, budgetSeconds: 60 };

test('whoever has the roles for reading is refused nothing, and uses each of them', async () => {
  const roles = rolesOf(['read', 'secret-names']);
  const { kubeconfigPath, asked, denied, close } = await guardedBy(roles);
  const result = await composition.runInvestigation({ ...limits, kubeconfig: kubeconfigPath }, quiet, new AbortController().signal);
  await close();

  expect([result.state, denied]).toEqual(['done', []]);
  const used = new Set(asked.map(accessRequestOf).map(({ verb, group, resource, path }) => `${verb} ${path ?? `${group}/${resource}`}`));
  const granted = (loadAll(roles) as readonly WrittenRole[]).flatMap(({ rules }) => rules.flatMap(rightsIn));
  // Which cluster it is is asked where something is to be carried out.
  expect(granted.filter((right) => !used.has(right))).toEqual(['get /namespaces']);
  expect(granted.length).toBeGreaterThan(30);
}, 60_000);

test('without the role for the names of Secrets only those cannot be read, and nothing is called healthy for it', async () => {
  const { kubeconfigPath, denied, close } = await guardedBy(rolesOf(['read']));
  const result = await composition.runInvestigation({ ...limits, kubeconfig: kubeconfigPath }, quiet, new AbortController().signal);
  await close();

  expect(denied.every((request) => /^GET \/api\/v1\/(namespaces\/[a-z-]+\/)?secrets\?/.test(request))).toBe(true);
  expect(denied).not.toEqual([]);
  if (result.state === 'failed') throw new Error(result.happened);
  expect(result.investigation.blindSpots.map(({ what }) => what)).toContainEqual(expect.stringMatching(/secrets/i));
}, 60_000);

interface WrittenRole {
  readonly rules: readonly {
    readonly verbs: readonly string[];
    readonly apiGroups?: readonly string[];
    readonly resources?: readonly string[];
    readonly nonResourceURLs?: readonly string[];
  }[];
}

function rightsIn({ verbs, apiGroups = [], resources = [], nonResourceURLs = [] }: WrittenRole['rules'][number]): readonly string[] {
  const named = apiGroups.flatMap((group) => resources.map((resource) => `${group}/${resource}`));
  return verbs.flatMap((verb) => [...named, ...nonResourceURLs].map((each) => `${verb} ${each}`));
}

const main = fileURLToPath(new URL('../surfaces/command-line/main.ts', import.meta.url));

/** What it told. */
async function mitigate(kubeconfigPath: string): Promise<string> {
  const place = ['--kubeconfig', kubeconfigPath, '--database', `sqlite:${join(mkdtempSync(join(folder, 'night-')), 'stanch.db')}`];
  const vector = ['mitigate', ...place, '--approve', 'cordon-node', '--soak', '2s', '--within', '30s'];
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, ...vector], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], HOME: folder },
    cwd: folder,
  });
  let told = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (told += chunk.toString('utf8')));
  await new Promise((resolve) => child.once('close', resolve));
  return told;
}

test('whoever may act by one mitigation carries it out whole, and is refused nothing', async () => {
  const { cluster, kubeconfigPath, asked, denied, close } = await guardedBy(rolesOf(['read', 'secret-names', 'act'], ['cordon-node']));
  await mitigate(kubeconfigPath);
  await close();

  expect(denied).toEqual([]);
  expect(asked).toContainEqual({ method: 'GET', path: '/api/v1/namespaces/kube-system' });
  expect(cluster.writes.map((write) => write.replace(/ [^ ]*$/, ''))).toEqual(['PATCH /api/v1/nodes/node-3', 'EVICT', 'EVICT']);
}, 90_000);

test('whoever may act by another one changes nothing', async () => {
  const { cluster, kubeconfigPath, denied, close } = await guardedBy(rolesOf(['read', 'secret-names', 'act'], ['pause-rollout']));
  const told = await mitigate(kubeconfigPath);
  await close();

  expect([cluster.writes, [...new Set(denied)]]).toEqual([[], expect.arrayContaining(['GET /api/v1/nodes/node-3'])]);
  expect(told).toContain('Passed over cordon-node: /api/v1/nodes/node-3 could not be read: the server answered 403');
}, 90_000);

test('no role grants everything of anything, values of Secrets, or changes where it is for reading', () => {
  const all = rolesFor({ abilities });
  for (const { name, permissions } of all) {
    expect(permissions.length).toBeGreaterThan(0);
    for (const { resource, verbs, why } of permissions) {
      expect(`${resource} ${verbs.join(' ')}`).not.toContain('*');
      expect(why).not.toBe('');
      if (name === 'stanch-read') expect(verbs.filter((verb) => verb !== 'get' && verb !== 'list')).toEqual([]);
      if (resource.startsWith('secrets')) expect([name, resource, verbs]).toEqual(['stanch-secret-names', 'secrets', ['list']]);
    }
  }
});

test('each mitigation gets what its changes take, and what none of them makes nobody may do', () => {
  expect(rolesFor({ abilities: ['act'], mitigations: ['cordon-node', 'scale-out'] })[0]?.permissions).toEqual([
    { resource: 'nodes', verbs: ['get', 'patch'], why: 'cordon-node' },
    { resource: 'pods', verbs: ['get'], why: 'cordon-node' },
    { resource: 'pods/eviction', verbs: ['create'], why: 'cordon-node' },
    { resource: 'apps/deployments', verbs: ['get', 'patch'], why: 'scale-out' },
    { resource: 'apps/statefulsets', verbs: ['get', 'patch'], why: 'scale-out' },
  ]);
  const roles = rolesOf(['act']);
  expect(maySend(roles, { method: 'DELETE', path: '/api/v1/namespaces/shop/pods/cart-1' })).toBe(false);
  expect(mitigations.every(({ id }) => roles.includes(id))).toBe(true);
});

test('a mitigation that does not exist is no reason to write a smaller role', () => {
  expect(writeRoles({ abilities: ['act'], mitigations: ['cordon-node', 'cordon'] })).toMatchObject({
    state: 'failed',
    happened: 'there is no mitigation "cordon"',
    whatToDo: expect.stringContaining('cordon-node'),
  });
});

async function podsAt(url: string): Promise<PodAccess> {
  const clock = { now: () => testNow };
  const opened = openCluster({ clock, environment: {}, kubeconfigPath: kubeconfigFor(url), wait: () => Promise.resolve() });
  if (opened.state === 'failed') throw new Error(opened.happened);
  return opened.openPods();
}

test('what is run in pods, and pods of our own, take the roles of their flags and no other', async () => {
  const requests: Asked[] = [];
  const server = createServer((request, response) => {
    requests.push({ method: request.method ?? '', path: request.url ?? '' });
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"metadata":{"name":"x"},"items":[]}');
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const signal = AbortSignal.timeout(10_000);
  const pods = await podsAt(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  await pods.create({ metadata: { name: 'x', namespace: 'night' } }, signal);
  await pods.look('night', 'x', signal);
  await pods.listLabelled('a=b', 'night', signal);
  await pods.remove('night', 'x', signal);
  server.closeAllConnections();
  server.close();
  const inside = await startExecServer({ frames: [[3, '{"status":"Success"}']] });
  const program = { argv: ['sh'] as const, input: '', outputBytes: 10, totalMilliseconds: 5_000 };
  await (await podsAt(inside.url)).run({ namespace: 'night', pod: 'x', container: 'main' }, program, signal);
  await inside.close();

  const runs = inside.paths.map((path) => ({ method: 'GET', path }));
  expect([requests.map(({ method }) => method), runs.length]).toEqual([['POST', 'GET', 'GET', 'DELETE'], 1]);
  const [exec, debugPods, others] = [rolesOf(['exec']), rolesOf(['debug-pods']), rolesOf(['read', 'act'])];
  expect([...requests, ...runs].filter((request) => !maySend(debugPods, request))).toEqual([]);
  expect(runs.filter((request) => !maySend(exec, request))).toEqual([]);
  expect([...requests, ...runs].filter((request) => maySend(exec, request))).toEqual(runs);
  expect(runs.filter((request) => maySend(others, request))).toEqual([]);
});
