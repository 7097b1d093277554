import { resources } from '../../domain/kubernetes/resources.ts';
import { snapshotOf } from '../../domain/example.ts';
import type { EvidenceKind, Reading, Readings, Snapshot } from '../../domain/evidence.ts';
import type { IncidentEvent } from '../../domain/incident-event.ts';
import { formatInstant, type Instant } from '../../domain/instant.ts';
import type { AnyMitigation } from '../../domain/mitigation.ts';
import { usualPolicy } from '../../domain/policy.ts';
import type { Actuator } from '../../ports/actuator.ts';
import { silentAnnouncer } from '../../ports/announcer.ts';
import type { ClusterAnswer, ClusterRequest, ClusterRequests } from '../../ports/cluster-requests.ts';
import { type EvidenceRequest, type EvidenceSource, readAll } from '../../ports/evidence-source.ts';
import type { IncidentStore } from '../../ports/incident-store.ts';
import type { Goal } from '../../workflow/step.ts';
import type { Acting } from './acting.ts';
import type { TestCluster } from './testing-cluster.ts';
import { nobodyAsked } from '../../domain/example-question.ts';

/** Moments at which a process can die: after each thing that it does to the world. Between two of them it only thinks. */
export class Moments {
  #passed = 0;
  readonly #last: number;
  #die: () => void = () => undefined;
  /** Comes true at the last moment. What is awaited then never comes, as for a process that was killed. */
  readonly death: Promise<'killed'>;

  /** `last`: counted from 1. Infinity: it lives. */
  constructor(last: number) {
    this.#last = last;
    this.death = new Promise((resolve) => {
      this.#die = () => resolve('killed');
    });
  }

  get passed(): number {
    return this.#passed;
  }

  async after<Result>(work: () => Result | Promise<Result>): Promise<Result> {
    // What it had planned for later is not done any more.
    if (this.#passed >= this.#last) return new Promise(() => undefined);
    const result = await work();
    this.#passed += 1;
    if (this.#passed < this.#last) return result;
    this.#die();
    return new Promise(() => undefined);
  }
}

/** What stays when a process dies. */
export interface Night {
  readonly cluster: TestCluster;
  readonly store: IncidentStore;
  readonly mitigations: readonly AnyMitigation[];
  readonly actuator: (requests: ClusterRequests) => Actuator;
  /** What was stored, kept and written, in order. */
  readonly log: string[];
  /** Ids of mitigations that a human agrees to. */
  readonly agreed: readonly string[];
}

/** The answer that a network or an API server makes of the real one; called before and told whether it was let through. */
export type Disturbance = (request: ClusterRequest, letThrough: () => ClusterAnswer) => ClusterAnswer;

export interface Run {
  readonly goal: Goal;
  readonly moments: Moments;
  readonly disturbance?: Disturbance;
}

/** A process that works incidents: as good as new, with nothing but the store and the cluster to go by. */
export function processOf(night: Night, { goal, moments, disturbance = (_request, letThrough) => letThrough() }: Run): Acting {
  const { cluster } = night;
  const clock = { now: () => cluster.now };
  const pause = (milliseconds: number): Promise<void> => Promise.resolve(cluster.advance(milliseconds));
  const send: ClusterRequests['send'] = (request) =>
    moments.after(() => {
      const before = cluster.writes.length;
      const answer = disturbance(request, () => cluster.answer(request));
      night.log.push(...cluster.writes.slice(before).map((write) => `wrote ${write}`));
      return answer;
    });
  return {
    investigation: {
      question: nobodyAsked,
      sources: [sourceOf(cluster)],
      catalogue: [],
      mitigations: night.mitigations,
      guardRails: [],
      announcer: silentAnnouncer,
      clock,
      budgetMilliseconds: 60_000,
    },
    actuator: night.actuator({ send, pause }),
    store: storeOf(night, moments),
    lease: { renew: () => Promise.resolve(undefined) },
    evidence: evidenceOf(night, moments),
    approver: {
      ask: ({ plan }) => Promise.resolve(night.agreed.includes(plan.id) ? { answer: 'yes', by: 'ada' } : { answer: 'nobody' }),
    },
    follower: { happened: () => undefined, rehearsed: () => undefined },
    policy: usualPolicy,
    goal,
    patience: { soakMilliseconds: 9000, withinMilliseconds: 30_000 },
    by: 'ada@laptop',
    timeZone: 'UTC',
    clock,
    pause,
    tidy: () => Promise.resolve(),
    debugPods: () => Promise.resolve([]),
  };
}

function storeOf({ store, log }: Night, moments: Moments): IncidentStore {
  const stored = <Answer extends { readonly state: string }>(
    events: readonly IncidentEvent[],
    append: () => Promise<Answer>,
  ): Promise<Answer> =>
    moments.after(async () => {
      const appended = await append();
      if (appended.state === 'appended') log.push(...events.map(spokenEvent));
      return appended;
    });
  return {
    ...store,
    read: (id) => moments.after(() => store.read(id)),
    append: (id, expectedLength, events) => stored(events, () => store.append(id, expectedLength, events)),
    appendAsOf: (id, known, events, jobs) => stored(events, () => store.appendAsOf(id, known, events, jobs)),
  };
}

function spokenEvent(event: IncidentEvent): string {
  return `stored ${event.kind}${'index' in event ? ` ${event.attempt} ${event.direction} ${event.index}` : ''}`;
}

function evidenceOf({ log }: Night, moments: Moments): Acting['evidence'] {
  let isBegun = false;
  return {
    begin: () =>
      moments.after(() => {
        isBegun = true;
        return undefined;
      }),
    isBegun: () => isBegun,
    keep: ({ readings }) =>
      moments.after(() => {
        isBegun = false;
        const logs = readings['container-logs'];
        log.push(`kept ${(logs?.state === 'read' ? logs.value : []).map(({ pod }) => pod).join(' ')}`);
        return { state: 'kept', path: 'evidence' };
      }),
  };
}

/** Sees the cluster as it is, and nothing that its objects do not tell. */
function sourceOf(cluster: TestCluster): EvidenceSource {
  const nothing = Object.fromEntries(Object.keys(resources).map((kind) => [kind, []]));
  let seen: { readonly version: number; readonly at: Instant; readonly snapshot: Snapshot } | undefined;
  const look = (): Snapshot => {
    const { version, now } = cluster;
    if (seen?.version === version && seen.at === now) return seen.snapshot;
    const lists = { pods: cluster.list('pods'), nodes: cluster.list('nodes'), deployments: cluster.list('deployments') };
    const snapshot = snapshotOf({ ...nothing, now: formatInstant(now), ...lists, replicasets: cluster.list('replicasets') });
    seen = { version, at: now, snapshot };
    return snapshot;
  };
  return {
    name: 'test',
    provides: [...(Object.keys(resources) as (keyof typeof resources)[]), 'container-logs'],
    permissions: [],
    identify: () => Promise.resolve({ state: 'reached', now: cluster.now, cluster: { source: 'live', name: 'test', version: undefined } }),
    read: <Kind extends EvidenceKind>({ kind, logs = [] }: EvidenceRequest<Kind>) => {
      const asked = logs.map(({ namespace, pod, container, isPrevious }) => ({ namespace, pod, container, isPrevious, lines: [] }));
      const silent = { ...look().readings, 'container-logs': readAll<'container-logs'>(cluster.now, asked) };
      return Promise.resolve((silent as Readings)[kind] as Reading<Kind>);
    },
    cost: () => ({ requests: 0, bytes: 0 }),
    close: () => Promise.resolve(),
  };
}
