import { fieldAt, type JsonValue, type PatchStep } from '../../src/domain/prepared-change.ts';
import { openCluster } from '../../src/evidence-sources/kubernetes-api/open-cluster.ts';
import type { ClusterAnswer, ClusterRequest, ClusterRequests } from '../../src/ports/cluster-requests.ts';
import { paths, probeNamespace, probeObjects } from './probe-objects.ts';
import { waitFor } from '../run-program.ts';

/** The cluster as the round trips need it: every failure ends them, with words. */
export interface ProbeCluster {
  readonly requests: ClusterRequests;
  readonly read: (path: string) => Promise<JsonValue>;
  readonly list: (path: string) => Promise<readonly JsonValue[]>;
  /** As somebody else than Stanch. */
  readonly patch: (path: string, steps: readonly PatchStep[]) => Promise<void>;
  readonly remove: (path: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

const signal = (): AbortSignal => AbortSignal.timeout(30_000);

export async function openProbeCluster(): Promise<ProbeCluster> {
  const opened = openCluster({ clock: { now: Date.now } });
  if (opened.state === 'failed') throw new Error(`${opened.attempted}: ${opened.happened}; ${opened.whatToDo}`);
  const requests = await opened.openRequests();
  const send = async (request: ClusterRequest): Promise<JsonValue> => valueOf(request, await requests.send(request, signal()));
  const read = (path: string): Promise<JsonValue> => send({ method: 'GET', path });
  return {
    requests,
    read,
    list: async (path) => (fieldAt(await read(path), '/items') ?? []) as readonly JsonValue[],
    patch: async (path, body) => void (await send({ method: 'PATCH', path, body })),
    remove: async (path) => void (await send({ method: 'DELETE', path })),
    close: () => opened.source.close(),
  };
}

function valueOf({ method, path }: ClusterRequest, answer: ClusterAnswer): JsonValue {
  if (answer.state === 'answered') return answer.value;
  throw new Error(`${method} ${path}: ${answer.state === 'refused' ? answer.message : answer.detail}`);
}

/** Makes the objects, each workload with two revisions, and waits until the pods of the Deployment are ready. */
export async function createProbe(cluster: ProbeCluster): Promise<void> {
  const create = async (path: string, body: object): Promise<void> => {
    valueOf({ method: 'POST', path }, await cluster.requests.send({ method: 'POST', path, body }, signal()));
  };
  await create('/api/v1/namespaces', { metadata: { name: probeNamespace } });
  await waitFor({
    what: 'the service account of pods',
    withinSeconds: 30,
    check: () => isThere(cluster, `${paths.namespace}/serviceaccounts/default`),
  });
  for (const { collection, object } of probeObjects) await create(collection, object);
  await waitForRevisions(cluster, 1);
  const release: PatchStep = { op: 'replace', path: '/spec/template/spec/containers/0/env/0/value', value: '2' };
  for (const path of [paths.deployment, paths.statefulSet, paths.daemonSet]) await cluster.patch(path, [release]);
  await waitForRevisions(cluster, 2);
  await waitFor({
    what: 'two ready pods, the budget that counts them, and a place for the third pod',
    withinSeconds: 180,
    check: async () => {
      const [healthy, expected] = [
        await at(cluster, paths.budget, '/status/currentHealthy'),
        await at(cluster, paths.budget, '/status/expectedPods'),
      ];
      const updated = await at(cluster, paths.deployment, '/status/updatedReplicas');
      const isPlaced = (await at(cluster, paths.pod, '/spec/nodeName')) !== undefined;
      const seen = JSON.stringify({ healthy, expected, updated, isPlaced });
      return (healthy === 2 && expected === 2 && updated === 2 && isPlaced) || seen;
    },
  });
}

async function waitForRevisions(cluster: ProbeCluster, count: number): Promise<void> {
  await waitFor({
    what: `${count} revisions of each workload`,
    withinSeconds: 60,
    check: async () => {
      const sets = (await cluster.list(paths.replicaSets)).length;
      const others = (await cluster.list(paths.controllerRevisions)).length;
      return (sets === count && others === 2 * count) || `${sets} ReplicaSets, ${others} ControllerRevisions`;
    },
  });
}

/** The namespace and everything in it. Also removes what an earlier run left. */
export async function removeProbe({ requests }: ProbeCluster): Promise<void> {
  await requests.send({ method: 'DELETE', path: paths.namespace }, signal());
  await waitFor({
    what: `the end of namespace ${probeNamespace}`,
    withinSeconds: 120,
    check: async () => {
      const answer = await requests.send({ method: 'GET', path: paths.namespace }, signal());
      return (answer.state === 'refused' && answer.status === 404) || 'it is still there';
    },
  });
}

export async function at(cluster: ProbeCluster, path: string, pointer: string): Promise<JsonValue | undefined> {
  return fieldAt(await cluster.read(path), pointer);
}

async function isThere(cluster: ProbeCluster, path: string): Promise<true | string> {
  const answer = await cluster.requests.send({ method: 'GET', path }, signal());
  return answer.state === 'answered' || 'it is not there yet';
}

/** A text that every object has at this place. */
export function textAt(object: JsonValue | undefined, pointer: string): string {
  const value = fieldAt(object, pointer);
  if (typeof value !== 'string') throw new Error(`There is no text at ${pointer}.`);
  return value;
}
