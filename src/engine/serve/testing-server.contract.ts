import { kubernetesActuator } from '../../actuators/kubernetes-api/kubernetes-actuator.ts';
import type { AcceptedPage } from '../../domain/accepted-page.ts';
import type { Alert } from '../../domain/alert.ts';
import type { Delivery } from '../../domain/delivery.ts';
import { type Incident, incidentOf } from '../../domain/incident.ts';
import type { Instant } from '../../domain/instant.ts';
import { cordonNode } from '../../mitigations/cordon-node.ts';
import { rollBackWorkload } from '../../mitigations/roll-back-workload.ts';
import type { DeliveryOutcome, DeliveryTarget } from '../../ports/delivery-target.ts';
import type { ServerStore } from '../../ports/server-store.ts';
import { type SharedMemory, serverStoreInMemory } from '../../stores/in-memory/server-store-in-memory.ts';
import type { Failed } from '../act/acting.ts';
import { TestCluster, type TestWorld } from '../act/testing-cluster.ts';
import { Moments, processOf } from '../act/testing-night.ts';
import type { JobKind } from './jobs.ts';
import type { OpenedWork, WorkWish } from './serving.ts';
import type { Asker } from './served-incidents.ts';
import { type ServeEngine, serveEngine } from './serve-engine.ts';
import { doJob, type Hands, takeJob } from './work-one-job.ts';

const kinds: readonly JobKind[] = ['work-page', 'work-incident', 'timer', 'remind', 'deliver'];

/** Both replicas on node-3 crash, those elsewhere are well. */
export const badNode: TestWorld = {
  replicas: [
    ['node-1', 'old'],
    ['node-2', 'old'],
    ['node-3', 'old'],
    ['node-3', 'old'],
  ],
  badNode: 'node-3',
};

/** Time that passes only when somebody waits for the cluster, or a test says so. */
export class TestTime {
  readonly cluster: TestCluster;
  readonly #sleepers = new Set<{ readonly until: Instant; readonly wake: () => void }>();

  constructor(cluster: TestCluster) {
    this.cluster = cluster;
  }

  readonly now = (): Instant => this.cluster.now;

  readonly pause = (milliseconds: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const sleeper = { until: this.now() + milliseconds, wake: () => resolve() };
      this.#sleepers.add(sleeper);
      signal.addEventListener('abort', () => resolve(), { once: true });
    });

  advance(milliseconds: number): void {
    this.cluster.advance(milliseconds);
    this.#wake();
  }

  /** Nobody looks at the cluster meanwhile, so that it need not be played. */
  leapTo(instant: Instant): void {
    this.cluster.now = Math.max(this.cluster.now, instant);
    this.#wake();
  }

  #wake(): void {
    for (const sleeper of this.#sleepers) {
      if (sleeper.until > this.now()) continue;
      this.#sleepers.delete(sleeper);
      sleeper.wake();
    }
  }
}

export interface TestTarget extends DeliveryTarget {
  readonly told: readonly Delivery[];
}

/** Keeps what it is told, once for each key. `outcomes`: of the first deliveries, in order. */
export function testTarget(
  of: Partial<Pick<DeliveryTarget, 'name' | 'takes' | 'isPager'>> = {},
  outcomes: readonly DeliveryOutcome[] = [],
): TestTarget {
  const told: Delivery[] = [];
  const left = [...outcomes];
  return {
    name: 'chat',
    takes: ['status', 'notes', 'ticket', 'reminder'],
    ...of,
    told,
    deliver: (delivery) => {
      const outcome = left.shift();
      if (outcome !== undefined && outcome.state !== 'delivered') return Promise.resolve(outcome);
      if (told.some(({ key }) => key === delivery.key)) return Promise.resolve({ state: 'known' });
      told.push(delivery);
      return Promise.resolve(outcome ?? { state: 'delivered' });
    },
  };
}

/** What stays when servers die. */
export interface TestScene {
  readonly time: TestTime;
  readonly memory: SharedMemory;
  readonly targets: readonly TestTarget[];
  /** Why the cluster cannot be reached. Undefined: it can. */
  outage: Failed | undefined;
  /** How often somebody went to look at the cluster. */
  looks: number;
  readonly log: string[];
}

/** May approve in every scene. */
export const ada: Asker = { name: 'ada', credential: { kind: 'token', id: 'token-ada' } };

export function testScene(world: TestWorld = badNode, targets: readonly TestTarget[] = []): TestScene {
  const memory = serverStoreInMemory();
  // Memory keeps it before it answers.
  void memory.open().access.createToken({ id: 'token-ada', name: 'ada', role: 'operate', hash: 'hash of ada', createdAt: 0 });
  return { time: new TestTime(new TestCluster(world)), memory, targets, outage: undefined, looks: 0, log: [] };
}

export interface TestServer extends ServeEngine {
  readonly store: ServerStore;
  readonly death: Promise<'killed'>;
  /** Does jobs until none is due, several at a time. Returns when the next one will be. */
  readonly workOff: (atOnce?: number) => Promise<Instant | undefined>;
}

/** One process of the server: as good as new, with nothing but the store and the cluster to go by. */
export function serverOf(
  scene: TestScene,
  {
    name = 'one',
    moments = new Moments(Infinity),
    access = {},
  }: { readonly name?: string; readonly moments?: Moments; readonly access?: Partial<ServerStore['access']> } = {},
): TestServer {
  const { time, memory, targets, log } = scene;
  const opened = memory.open();
  const store = storeWithMoments({ ...opened, access: { ...opened.access, ...access } }, moments);
  const engine = serveEngine({
    store,
    clock: time,
    pause: time.pause,
    holder: { name, process: name },
    workshop: {
      open: (wish) => {
        scene.looks += 1;
        return Promise.resolve(scene.outage ?? openWork(scene, wish, moments));
      },
    },
    cluster: 'test',
    sourceOf: ({ text }) => ({ text }),
    parsePage: (text) => ({ state: 'parsed', alert: alertOf(text) }),
    targets,
    log: (level, text) => void log.push(`${level} ${text}`),
    catalogue: [],
  });
  return { ...engine, store, death: moments.death, workOff: (atOnce = 1) => workOff(engine.hands, atOnce) };
}

function openWork({ time }: TestScene, wish: WorkWish, moments: Moments): OpenedWork {
  const night = {
    cluster: time.cluster,
    store: wish.store,
    mitigations: [cordonNode, rollBackWorkload],
    actuator: kubernetesActuator,
    log: [],
    agreed: [],
  };
  const { store, lease, approver, follower, goal } = wish;
  const acting = processOf(night, { goal, moments });
  const { investigation } = acting;
  return {
    state: 'opened',
    acting: {
      ...acting,
      investigation: { ...investigation, announcer: wish.announcer },
      store,
      lease,
      approver,
      follower,
      diagnosesWhileWaiting: true,
      timeZone: 'Europe/Berlin',
      pause: (milliseconds) => Promise.resolve(time.advance(milliseconds)),
    },
    close: () => Promise.resolve(),
  };
}

async function workOff(hands: Hands, atOnce: number): Promise<Instant | undefined> {
  const none = new AbortController().signal;
  const working = async (): Promise<Instant | undefined> => {
    for (;;) {
      const taken = await takeJob(hands, kinds);
      if (taken.state === 'failed') throw new Error(taken.happened);
      if (taken.state === 'none') return taken.nextAt;
      await doJob(taken.job, hands, none);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, working));
  // What one of them asked for after another had found nothing.
  return working();
}

/** A process can die after everything that it stores or reads. */
function storeWithMoments(store: ServerStore, moments: Moments): ServerStore {
  const each = <Part extends object>(part: Part): Part =>
    Object.fromEntries(
      Object.entries(part).map(([name, ask]) => [name, (...given: readonly unknown[]) => moments.after(() => ask(...given))]),
    ) as Part;
  return { ...store, incidents: each(store.incidents), pages: each(store.pages), jobs: each(store.jobs), access: each(store.access) };
}

export function alertOf(name: string, more: Partial<Alert> = {}): Alert {
  return {
    source: 'alertmanager',
    name,
    summary: `${name} is bad`,
    labels: { alertname: name, namespace: 'shop', deployment: 'cart' },
    startedAt: undefined,
    state: 'firing',
    severity: 'critical',
    expression: undefined,
    ...more,
  };
}

export async function page(server: TestServer, alert: Alert, more: Partial<AcceptedPage> = {}): Promise<string> {
  const deliveryKey = more.deliveryKey ?? JSON.stringify([alert, more, deliveries++]);
  const answer = await server.incidents.receive({ alert, text: alert.name, ...more, deliveryKey });
  if (answer.state === 'failed' || answer.state === 'full') throw new Error(`The page was not kept: ${answer.state}.`);
  return answer.id;
}

let deliveries = 0;

export async function incidentsIn({ store }: TestServer): Promise<readonly (readonly [id: string, incident: Incident])[]> {
  const listed = await store.incidents.list({ limit: 10_000, which: 'all' });
  if (listed.state === 'failed') throw new Error(listed.happened);
  const found: (readonly [string, Incident])[] = [];
  for (const { id } of listed.incidents.toReversed()) {
    const read = await store.incidents.read(id);
    const incident = read.state === 'read' ? incidentOf(read.events) : undefined;
    if (incident !== undefined) found.push([id, incident]);
  }
  return found;
}
