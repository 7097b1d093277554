// Every change that Stanch can make, there and back on a real API server. Run by `npm run lab -- act-round-trips`.
import { isDeepStrictEqual } from 'node:util';
import { kubernetesActuator } from '../../src/actuators/kubernetes-api/kubernetes-actuator.ts';
import type { ClusterChange } from '../../src/domain/cluster-change.ts';
import { Permit } from '../../src/domain/permit.ts';
import { fieldAt, inverseOf, type JsonValue, type PreparedChange } from '../../src/domain/prepared-change.ts';
import type { Actuator } from '../../src/ports/actuator.ts';
import type { ClusterRequests } from '../../src/ports/cluster-requests.ts';
import { say, step } from '../progress.ts';
import { pause, waitFor } from '../run-program.ts';
import { type ApiObject, normalised } from './normalise-object.ts';
import { at, createProbe, openProbeCluster, type ProbeCluster, removeProbe, textAt } from './probe-cluster.ts';
import { paths, probeNamespace } from './probe-objects.ts';

const signal = (): AbortSignal => AbortSignal.timeout(60_000);
const placed = (kind: string, name: string) => ({ kind, namespace: probeNamespace, name });
const [web, data, agent] = [placed('Deployment', 'web'), placed('StatefulSet', 'data'), placed('DaemonSet', 'agent')];
const workloads = [
  { workload: web, path: paths.deployment },
  { workload: data, path: paths.statefulSet },
  { workload: agent, path: paths.daemonSet },
] as const;

interface Trip {
  readonly path: string;
  readonly change: ClusterChange;
}

/** Each kind of change on each kind of object that has it; those that go back to an earlier state begin from that of the one before. */
function trips(node: string): readonly Trip[] {
  const nodePath = `/api/v1/nodes/${node}`;
  return [
    { path: nodePath, change: { kind: 'cordon', node } },
    { path: paths.deployment, change: { kind: 'scale', workload: web, from: 2, to: 3 } },
    { path: paths.statefulSet, change: { kind: 'scale', workload: data, from: 0, to: 1 } },
    {
      path: paths.autoscaler,
      change: { kind: 'set-autoscaler-maximum', autoscaler: placed('HorizontalPodAutoscaler', 'web'), from: 4, to: 6 },
    },
    { path: paths.deployment, change: { kind: 'pause-rollout', workload: web } },
    ...workloads.flatMap(({ workload, path }): readonly Trip[] => [
      { path, change: { kind: 'restart-rollout', workload } },
      { path, change: { kind: 'roll-back', workload, toRevision: 0 } },
      // The server writes 0.125Gi as 128Mi.
      { path, change: { kind: 'set-memory-limit', workload, container: 'main', from: '65536Ki', to: '0.125Gi' } },
    ]),
    {
      path: paths.pod,
      change: { kind: 'relabel-pod', namespace: probeNamespace, pod: 'studied', labels: { app: 'set-aside', 'stanch.dev/studied': 'yes' } },
    },
  ];
}

/** With what only the cluster knows: the uid, and the number of the oldest revision, which grows when it is used. */
async function asSeen(cluster: ProbeCluster, { path, change }: Trip): Promise<ClusterChange> {
  const uid = textAt(await cluster.read(path), '/metadata/uid');
  if (change.kind !== 'roll-back') return { ...change, uid };
  const isDeployment = change.workload.kind === 'Deployment';
  const all = await cluster.list(isDeployment ? paths.replicaSets : paths.controllerRevisions);
  const own = all.filter((each) => fieldAt(each, '/metadata/ownerReferences/0/uid') === uid);
  const pointer = isDeployment ? '/metadata/annotations/deployment.kubernetes.io~1revision' : '/revision';
  const template = isDeployment ? '/spec/template' : '/data/spec/template';
  const first = own.find((each) => fieldAt(each, `${template}/spec/containers/0/env/0/value`) === '1');
  return { ...change, uid, toRevision: Number(fieldAt(first, pointer)) };
}

async function goThereAndBack(cluster: ProbeCluster, actuator: Actuator, trip: Trip): Promise<void> {
  const change = await asSeen(cluster, trip);
  const before = await settled(cluster, trip.path);
  const prepared = await preparedBy(actuator, change);
  expectState(await actuator.rehearse(prepared, signal()), 'accepted');
  await same({ cluster, path: trip.path, as: before, withinSeconds: 1 });
  expectState(await actuator.look(prepared, signal()), 'not-done');
  await thereAndBack(actuator, { change, prepared });
  const inverse = inverseOf(prepared);
  if (inverse === undefined) throw new Error('There is nothing to put back.');
  await same({ cluster, path: trip.path, as: before, withinSeconds: 30 });
  if (change.kind === 'cordon' || change.kind === 'pause-rollout') await opposite(cluster, actuator, { change, prepared });
}

interface Planned {
  readonly change: ClusterChange;
  readonly prepared: PreparedChange;
}

async function thereAndBack(actuator: Actuator, { change, prepared }: Planned): Promise<void> {
  const inverse = inverseOf(prepared);
  if (inverse === undefined) throw new Error('There is nothing to put back.');
  const permit = permitFor(change);
  expectState(await actuator.apply(permit, prepared, signal()), 'accepted');
  expectState(await actuator.look(prepared, signal()), 'done');
  expectState(await actuator.apply(permit, prepared, signal()), 'already-so');
  expectState(await actuator.apply(permit, inverse, signal()), 'accepted');
  expectState(await actuator.look(inverse, signal()), 'done');
}

/** Uncordoning and resuming start from what cordoning and pausing leave. */
async function opposite(cluster: ProbeCluster, actuator: Actuator, { change, prepared }: Planned): Promise<void> {
  const undone = inverseOf(prepared);
  if (undone === undefined || (change.kind !== 'cordon' && change.kind !== 'pause-rollout')) return;
  const { path } = prepared.object;
  expectState(await actuator.apply(permitFor(change), prepared, signal()), 'accepted');
  try {
    const before = await settled(cluster, path);
    const back: ClusterChange = change.kind === 'cordon' ? { ...change, kind: 'uncordon' } : { ...change, kind: 'resume-rollout' };
    await thereAndBack(actuator, { change: back, prepared: await preparedBy(actuator, back) });
    await same({ cluster, path, as: before, withinSeconds: 30 });
  } finally {
    expectState(await actuator.apply(permitFor(change), undone, signal()), 'accepted');
  }
}

/** The object when controllers are done with it: the same twice, a second apart. */
async function settled(cluster: ProbeCluster, path: string): Promise<JsonValue> {
  let object = await cluster.read(path);
  await waitFor({
    what: `${path} to settle`,
    withinSeconds: 30,
    check: async () => {
      await pause(1000);
      const [earlier, later] = [object, await cluster.read(path)];
      object = later;
      return isDeepStrictEqual(spokenObject(earlier), spokenObject(later)) || 'it still changes';
    },
  });
  return object;
}

async function preparedBy(actuator: Actuator, change: ClusterChange): Promise<PreparedChange> {
  const preparation = await actuator.prepare(change, Date.now(), signal());
  if (preparation.state !== 'prepared') throw new Error(preparation.because);
  if (preparation.prepared.isAlreadySo) throw new Error('It is like that already.');
  return preparation.prepared;
}

function expectState({ state, detail }: { readonly state: string; readonly detail: string }, expected: string): void {
  if (state !== expected) throw new Error(`Expected ${expected}, and it is ${state}: ${detail}`);
}

function permitFor(change: ClusterChange): Permit {
  const citing = [{ of: { kind: 'object', resource: 'namespaces', namespace: undefined, name: probeNamespace }, shows: '' }] as const;
  const parts = {
    why: { says: 'It is tried out.', citing },
    preconditions: [],
    saveFirst: [],
    undo: [],
    expectation: '',
    undoWhen: undefined,
  };
  const subject = { kind: 'Namespace', name: probeNamespace };
  const permit = Permit.forPlan({ id: 'round-trip', subject, changes: [change], ...parts }, { by: 'lab', how: 'human', at: Date.now() });
  if (permit === undefined) throw new Error('The plan is blocked.');
  return permit;
}

interface Sameness {
  readonly cluster: ProbeCluster;
  readonly path: string;
  readonly as: JsonValue;
  readonly withinSeconds: number;
}

/** Controllers follow a change, for example with a taint of a cordoned node, and take it back a moment later. */
async function same({ cluster, path, as, withinSeconds }: Sameness): Promise<void> {
  const wanted = spokenObject(as);
  await waitFor({
    what: `${path} as it was`,
    withinSeconds,
    check: async () => {
      const is = spokenObject(await cluster.read(path));
      const more = [...is].filter((each) => !wanted.has(each));
      const less = [...wanted].filter((each) => !is.has(each));
      return more.length + less.length === 0 || `more: ${more.join(', ')}; less: ${less.join(', ')}`;
    },
  });
}

/** The taint of a cordoned node comes and goes with it; when it came is the controller's own note. */
function spokenObject(object: JsonValue): ReadonlySet<string> {
  const fields = [...normalised(object as unknown as ApiObject)].filter(([path]) => !/^spec\.taints\..*\.timeAdded$/.test(path));
  return new Set(fields.map(([path, value]) => `${path} = ${JSON.stringify(value)}`));
}

/** Somebody writes to the object at the moment between our reading and our writing. */
function disturbed({ requests, patch }: ProbeCluster, path: string, steps: Parameters<ProbeCluster['patch']>[1]) {
  const statuses: (number | string)[] = [];
  let isDone = false;
  const meddling: ClusterRequests = {
    ...requests,
    async send(request, until) {
      const isWrite = request.method === 'PATCH' && !request.path.includes('dryRun');
      if (isWrite && !isDone) {
        isDone = true;
        await patch(path, steps);
      }
      const answer = await requests.send(request, until);
      if (isWrite) statuses.push(answer.state === 'refused' ? answer.status : answer.state);
      return answer;
    },
  };
  return { actuator: kubernetesActuator(meddling), statuses };
}

async function conflicts(cluster: ProbeCluster): Promise<void> {
  const uid = textAt(await cluster.read(paths.autoscaler), '/metadata/uid');
  const autoscaler = placed('HorizontalPodAutoscaler', 'web');
  const change: ClusterChange = { kind: 'set-autoscaler-maximum', autoscaler, from: 4, to: 6, uid };
  const harmless = disturbed(cluster, paths.autoscaler, [{ op: 'add', path: '/metadata/labels', value: { by: 'somebody' } }]);
  const prepared = await preparedBy(harmless.actuator, change);
  expectState(await harmless.actuator.apply(permitFor(change), prepared, signal()), 'accepted');
  if (harmless.statuses.join() !== '409,answered') throw new Error(`The server answered ${harmless.statuses.join()}.`);
  const inverse = inverseOf(prepared);
  if (inverse === undefined) throw new Error('There is nothing to put back.');
  const harmful = disturbed(cluster, paths.autoscaler, [{ op: 'replace', path: '/spec/maxReplicas', value: 7 }]);
  expectState(await harmful.actuator.apply(permitFor(change), inverse, signal()), 'overtaken');
  if ((await at(cluster, paths.autoscaler, '/spec/maxReplicas')) !== 7) throw new Error('What somebody else wrote was written over.');
  const impossible: ClusterChange = { ...change, from: 7, to: 1 };
  expectState(await harmful.actuator.rehearse(await preparedBy(harmful.actuator, impossible), signal()), 'refused');
}

async function budgets(cluster: ProbeCluster, actuator: Actuator): Promise<void> {
  const pods = (await cluster.list(`${paths.pods}?labelSelector=app%3Dweb`)).filter(
    (each) => fieldAt(each, '/metadata/deletionTimestamp') === undefined,
  );
  const [first, second] = pods.map((each) => ({
    pod: textAt(each, '/metadata/name'),
    uid: textAt(each, '/metadata/uid'),
  }));
  if (first === undefined || second === undefined) throw new Error(`There are ${pods.length} pods of the Deployment, not two.`);
  const evict: ClusterChange = { kind: 'evict', namespace: probeNamespace, ...first };
  const prepared = await preparedBy(actuator, evict);
  for (const outcome of [await actuator.rehearse(prepared, signal()), await actuator.apply(permitFor(evict), prepared, signal())]) {
    expectState(outcome, 'held-back');
    if (!outcome.detail.includes('disruption budget web')) throw new Error(`The budget is not named: ${outcome.detail}`);
  }
  expectState(await actuator.look(prepared, signal()), 'not-done');
  await cluster.remove(paths.budget);
  expectState(await actuator.rehearse(prepared, signal()), 'accepted');
  expectState(await actuator.look(prepared, signal()), 'not-done');
  const remove: ClusterChange = { kind: 'delete-pod', namespace: probeNamespace, ...second };
  const removed = await preparedBy(actuator, remove);
  expectState(await actuator.rehearse(removed, signal()), 'accepted');
  expectState(await actuator.look(removed, signal()), 'not-done');
  for (const each of [
    { change: evict, prepared },
    { change: remove, prepared: removed },
  ]) {
    expectState(await actuator.apply(permitFor(each.change), each.prepared, signal()), 'accepted');
    expectState(await actuator.look(each.prepared, signal()), 'done');
    expectState(await actuator.apply(permitFor(each.change), each.prepared, signal()), 'already-so');
  }
}

/** Runs everything in a namespace of its own; one node is cordoned for about a second. */
async function roundTrips(): Promise<number> {
  const cluster = await openProbeCluster();
  const actuator = kubernetesActuator(cluster.requests);
  let failures = 0;
  const attempt = async (name: string, work: () => Promise<void>): Promise<void> => {
    try {
      await work();
      say(`passed  ${name}`);
    } catch (cause) {
      failures += 1;
      say(`FAILED  ${name}: ${cause instanceof Error ? cause.message : String(cause)}`);
    }
  };
  try {
    await removeProbe(cluster);
    await step('Making the objects', () => createProbe(cluster));
    await attempt('an eviction that a budget refuses, and then not; a deletion', () => budgets(cluster, actuator));
    const free = (await cluster.list('/api/v1/nodes')).findLast((each) => fieldAt(each, '/spec/unschedulable') === undefined);
    const node = textAt(free, '/metadata/name');
    for (const trip of trips(node)) await attempt(`${trip.change.kind} of ${trip.path}`, () => goThereAndBack(cluster, actuator, trip));
    await attempt('conflicts with others who write', () => conflicts(cluster));
  } finally {
    await removeProbe(cluster);
    await cluster.close();
  }
  return failures;
}

process.exitCode = (await roundTrips()) === 0 ? 0 : 1;
