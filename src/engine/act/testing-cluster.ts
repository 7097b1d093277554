import { crashLooping, exampleDeployment, exampleNode, examplePod } from '../../domain/example-objects.ts';
import { exampleNow, type RawObject, withMetadata } from '../../domain/example.ts';
import { formatInstant, type Instant, millisecondsPerSecond } from '../../domain/instant.ts';
import { fieldAt, isSame, type JsonValue, type PatchStep } from '../../domain/prepared-change.ts';
import { patched } from '../../domain/testing-json-patch.ts';
import type { ClusterAnswer, ClusterRequest } from '../../ports/cluster-requests.ts';

const deploymentPath = '/apis/apps/v1/namespaces/shop/deployments/cart';
const replicaSets = '/apis/apps/v1/namespaces/shop/replicasets';
const pods = '/api/v1/namespaces/shop/pods';
const nodes = '/api/v1/nodes';
const startsWithin = 4 * millisecondsPerSecond;
const endsWithin = 2 * millisecondsPerSecond;
/** A rollout waits where so many of its new replicas do not become Ready. */
const mostUnavailable = 2;

type Revision = 'old' | 'new';

export interface TestWorld {
  /** Node by node, which revision each replica runs at the beginning. */
  readonly replicas: readonly (readonly [node: string, revision: Revision])[];
  /** Nothing that starts there works. */
  readonly badNode: string;
  /** True: a disruption budget lets nobody go, although it says otherwise. */
  readonly isBudgetTight?: boolean;
  /** True: once the bad node is cordoned its kubelet is dead, so that what is deleted there stays for ever. */
  readonly isDeadOnceCordoned?: boolean;
  /** Absent: the time of the examples. */
  readonly beginsAt?: Instant;
}

/**
 * A cluster in a few objects: an API server that takes JSON patches, evictions and dry runs as the real one does, and
 * controllers that roll out, replace and place. Deployment cart of four replicas; time passes when somebody waits.
 */
export class TestCluster {
  /** Everything that was really changed, in order, for example "PATCH /api/v1/nodes/node-3 /spec/unschedulable=true". */
  readonly writes: string[] = [];
  now: Instant;
  readonly #objects = new Map<string, JsonValue>();
  readonly #world: TestWorld;
  #version = 100;
  #made = 0;

  constructor(world: TestWorld) {
    this.#world = world;
    this.now = world.beginsAt ?? Date.parse(exampleNow);
    for (const name of ['node-1', 'node-2', 'node-3']) this.#put(`${nodes}/${name}`, exampleNode({ name, zone: `zone-${name}` }));
    for (const [index, hash] of (['old', 'new'] as const).entries()) this.#put(`${replicaSets}/cart-${hash}`, replicaSet(hash, index + 1));
    const current = world.replicas.some(([, revision]) => revision === 'new') ? 'new' : 'old';
    this.#put(deploymentPath, { ...exampleDeployment({ name: 'cart', replicas: 4 }).deployment, ...specOf(4, templateOf(current)) });
    for (const [node, revision] of world.replicas) this.#start(node, revision, 300);
  }

  /** Higher after every change of any object. */
  get version(): number {
    return this.#version;
  }

  /** Of one kind, as they are now. */
  list(kind: 'pods' | 'nodes' | 'replicasets' | 'deployments'): readonly RawObject[] {
    const collections = { pods, nodes, replicasets: replicaSets, deployments: deploymentPath };
    return [...this.#objects].flatMap(([path, object]) => (path.startsWith(collections[kind]) ? [object as RawObject] : []));
  }

  /** Without pods and without what the server counts: what has to be the same again after everything was put back. */
  get wanted(): readonly JsonValue[] {
    return [...this.#objects].flatMap(([path, object]) =>
      path.startsWith(pods) ? [] : [{ path, spec: fieldAt(object, '/spec') ?? null }],
    );
  }

  advance(milliseconds: number): void {
    const until = this.now + milliseconds;
    while (this.now < until) {
      this.now = Math.min(until, this.now + millisecondsPerSecond);
      this.#control();
    }
  }

  answer({ method, path: pathAndQuery, body }: ClusterRequest): ClusterAnswer {
    const [path = '', query = ''] = pathAndQuery.split('?');
    const isRehearsal = query.includes('dryRun=All') || fieldAt(body as JsonValue, '/deleteOptions/dryRun/0') === 'All';
    if (path.endsWith('/eviction')) return this.#evict(path.slice(0, -'/eviction'.length), body as JsonValue, isRehearsal);
    if (path === replicaSets) return { state: 'answered', value: { items: this.list('replicasets') as readonly JsonValue[] } };
    const object = this.#objects.get(path);
    if (object === undefined) return refused(404, 'NotFound', `${path} not found`);
    if (method === 'GET') return { state: 'answered', value: object };
    return this.#patch({ path, object, steps: body as readonly PatchStep[], isRehearsal });
  }

  #patch(of: { readonly path: string; readonly object: JsonValue; readonly steps: readonly PatchStep[]; readonly isRehearsal: boolean }) {
    const { path, object, steps, isRehearsal } = of;
    const version = steps.find((step) => step.path === '/metadata/resourceVersion')?.value;
    if (version !== fieldAt(object, '/metadata/resourceVersion')) return refused(409, 'Conflict', 'the object has been modified');
    const after = patched(object, steps);
    if (after === undefined) return refused(422, 'Invalid', 'the patch does not fit');
    if (isRehearsal || isSame(object, after)) return { state: 'answered', value: after } as const;
    const fields = steps.filter((step) => step.op !== 'test' && !step.path.startsWith('/metadata/resourceVersion'));
    this.writes.push(`PATCH ${path} ${fields.map((step) => `${step.path}=${spoken(step.value)}`).join(' ')}`);
    this.#put(path, after as RawObject);
    this.#control();
    return { state: 'answered', value: this.#objects.get(path) ?? null } as const;
  }

  #evict(path: string, body: JsonValue, isRehearsal: boolean): ClusterAnswer {
    const pod = this.#objects.get(path);
    const uid = fieldAt(pod, '/metadata/uid');
    if (pod === undefined) return refused(404, 'NotFound', `${path} not found`);
    if (uid !== fieldAt(body, '/deleteOptions/preconditions/uid')) return refused(409, 'Conflict', 'the uid in the precondition differs');
    if (isRehearsal) return { state: 'answered', value: { kind: 'Status', status: 'Success' } };
    if (this.#world.isBudgetTight === true)
      return {
        ...refused(429, 'TooManyRequests', "Cannot evict pod as it would violate the pod's disruption budget"),
        causes: [{ reason: 'DisruptionBudget', message: 'The disruption budget cart needs 4 healthy pods and has 2 currently' }],
      };
    if (fieldAt(pod, '/metadata/deletionTimestamp') === undefined) this.writes.push(`EVICT ${spoken(uid)}`);
    this.#end(path, pod);
    this.#control();
    return { state: 'answered', value: { kind: 'Status', status: 'Success' } };
  }

  #put(path: string, object: RawObject): void {
    this.#version += 1;
    const metadata = { resourceVersion: String(this.#version) };
    this.#objects.set(path, withMetadata(structuredClone(object) as RawObject, metadata) as unknown as JsonValue);
  }

  #end(path: string, pod: JsonValue): void {
    if (fieldAt(pod, '/metadata/deletionTimestamp') !== undefined) return;
    this.#put(path, withMetadata(pod as RawObject, { deletionTimestamp: formatInstant(this.now) }));
  }

  /** What controllers, scheduler and kubelets do in a moment. */
  #control(): void {
    for (const [path, pod] of this.#all(pods)) {
      const endedAt = fieldAt(pod, '/metadata/deletionTimestamp');
      if (typeof endedAt === 'string' && this.now - Date.parse(endedAt) >= endsWithin && !this.#isDead(nodeOf(pod))) {
        this.#objects.delete(path);
        this.#version += 1;
      }
    }
    const living = this.#all(pods).filter(([, pod]) => fieldAt(pod, '/metadata/deletionTimestamp') === undefined);
    const target = this.#target();
    const updated = living.filter(([, pod]) => revisionOf(pod) === target);
    const replaceable = living
      .filter(([, pod]) => revisionOf(pod) !== target)
      .toSorted(([, one], [, other]) => Number(isReady(one)) - Number(isReady(other)));
    const unready = updated.filter(([, pod]) => !isReady(pod)).length;
    const [outdated] = replaceable;
    if (outdated !== undefined && unready < mostUnavailable) {
      const [path, pod] = outdated;
      this.#end(path, pod);
      this.#start(nodeOf(pod), target, 0);
    } else if (living.length < 4) this.#start(undefined, target, 0);
    for (const [path, pod] of this.#all(pods)) this.#settle(path, pod);
  }

  #isDead(node: string): boolean {
    const { isDeadOnceCordoned = false, badNode } = this.#world;
    return isDeadOnceCordoned && node === badNode && fieldAt(this.#objects.get(`${nodes}/${node}`), '/spec/unschedulable') === true;
  }

  /** Revision of the Deployment's template. */
  #target(): Revision {
    const image = fieldAt(this.#objects.get(deploymentPath), '/spec/template/spec/containers/0/image');
    return image === imageOf('old') ? 'old' : 'new';
  }

  /** On the node that is named, unless it is cordoned; otherwise where fewest are. */
  #start(wished: string | undefined, revision: Revision, secondsAgo: number): void {
    const open = this.#all(nodes).flatMap(([, node]) =>
      fieldAt(node, '/spec/unschedulable') === true ? [] : [spoken(fieldAt(node, '/metadata/name'))],
    );
    const count = (node: string): number => this.#all(pods).filter(([, pod]) => nodeOf(pod) === node).length;
    const node = open.find((name) => name === wished) ?? open.toSorted((one, other) => count(one) - count(other))[0];
    if (node === undefined) return;
    this.#made += 1;
    const name = `cart-${revision}-${this.#made}`;
    this.#put(`${pods}/${name}`, podAt(name, node, revision, this.now - secondsAgo * millisecondsPerSecond));
    this.#settle(`${pods}/${name}`, this.#objects.get(`${pods}/${name}`) ?? null);
  }

  /** After its start a replica is Ready, or crashes where the node is bad. */
  #settle(path: string, pod: JsonValue): void {
    const age = this.now - Date.parse(spoken(fieldAt(pod, '/metadata/creationTimestamp')));
    const isSettled = isReady(pod) || fieldAt(pod, '/status/containerStatuses/0/state/waiting') !== undefined;
    if (isSettled || age < startsWithin) return;
    const { status } = examplePod({
      name: 'settled',
      ...(nodeOf(pod) === this.#world.badNode ? { isReady: false, status: crashLooping({ exitCode: 1 }) } : {}),
    });
    this.#put(path, { ...(pod as RawObject), status });
  }

  #all(collection: string): readonly (readonly [string, JsonValue])[] {
    return [...this.#objects].filter(([path]) => path.startsWith(`${collection}/`));
  }
}

function podAt(name: string, node: string, revision: Revision, createdAt: Instant): RawObject {
  const starting = { ready: false, started: false, state: { running: { startedAt: formatInstant(createdAt) } } };
  const labels = { app: 'cart', 'pod-template-hash': revision };
  const owner = { kind: 'ReplicaSet', name: `cart-${revision}` };
  const container = { image: imageOf(revision), resources: { requests: { cpu: '100m', memory: '128Mi' } } };
  const pod = examplePod({ name, node, owner, labels, container, isReady: false, status: starting });
  const conditions = [{ type: 'Ready', status: 'False', lastTransitionTime: formatInstant(createdAt) }];
  const status = { ...(pod['status'] as RawObject), conditions, startTime: formatInstant(createdAt) };
  return withMetadata({ ...pod, status }, { creationTimestamp: formatInstant(createdAt) });
}

function replicaSet(revision: Revision, number: number): RawObject {
  const { replicaSet: plain } = exampleDeployment({ name: 'cart', hash: revision });
  const template = templateOf(revision);
  const labels = { app: 'cart', 'pod-template-hash': revision };
  return {
    ...withMetadata(plain, { annotations: { 'deployment.kubernetes.io/revision': String(number) } }),
    ...specOf(4, { ...template, metadata: { labels } }),
  };
}

function templateOf(revision: Revision): { readonly metadata: RawObject; readonly spec: RawObject } {
  return { metadata: { labels: { app: 'cart' } }, spec: { containers: [{ name: 'app', image: imageOf(revision) }] } };
}

function specOf(replicas: number, template: RawObject): RawObject {
  return { spec: { replicas, selector: { matchLabels: { app: 'cart' } }, template } };
}

function imageOf(revision: Revision): string {
  return `registry.example/app:${revision}`;
}

function revisionOf(pod: JsonValue): JsonValue | undefined {
  return fieldAt(pod, '/metadata/labels/pod-template-hash');
}

function nodeOf(pod: JsonValue): string {
  return spoken(fieldAt(pod, '/spec/nodeName'));
}

function isReady(pod: JsonValue): boolean {
  return fieldAt(pod, '/status/containerStatuses/0/ready') === true;
}

function spoken(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}

function refused(status: number, reason: string, message: string): Extract<ClusterAnswer, { readonly state: 'refused' }> {
  return { state: 'refused', status, reason, message, causes: [], retryAfterSeconds: undefined };
}
